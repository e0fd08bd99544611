"""Reasons about a configuration offline, with the router's own code. Nothing here calls AWS.

The modules::

    check.py, problem.py      every problem of a file, with its place; the entry of ``orchestrator validate``
    places.py                 line and column of a path
    syntax_errors.py          the usual mistakes in a text that is not JSON
    accepted.py               warnings that a configuration accepts
    entries/                  lists of triggers, and the paths that they read
    warnings/                 entries that the router accepts, but that are probably mistakes
    codes/                    name, cause, example and correction of each kind of problem
    sarif.py                  problems for code hosts
    lineage.py                which job starts which target, and cycles
    graph.py                  lineage as a graph: parts of it, JSON and Mermaid
    svg.py, html.py           pictures of a graph
    layers.py, shapes.py      drawing: a layered layout, and the parts of an SVG
    policy_evaluation.py      what IAM statements allow: the only evaluator
    permissions.py            least privilege for the targets
    event_files.py            events from files, folders and JSON Lines
    envelopes.py              events in the envelopes of SNS, Lambda, SQS, EventBridge and Step Functions
    event_plan.py             what one event would start under a configuration
    differences.py            how two plans of one event differ
    prices.py                 list prices of AWS, for estimates
    cases.py                  test cases: events with expected results
"""
