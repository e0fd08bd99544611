"""The domain: one job event in, Step Functions executions out.

Each stage is a room. An event passes them in this order::

    event/          SNS record or direct payload      -> JobEvent, its kind, its names
    values/         strict JSON, templates, placeholders, conditions: one meaning for all stages
    configuration/  S3 -> last good -> SSM -> default -> LoadedConfig; job and kind -> triggers with ids
    triggers/       one trigger + the event           -> the request of one service call
    input/          the execution's input, typed: the only code that knows its keys
    planning/       requests                          -> items, packed into executions with deterministic names
    starting/       executions                        -> started once, even after a crash or an upload
    joining/        a success                         -> arrivals at the joins of its job, and what they complete
    replaying/      an earlier execution              -> the attempts of each trigger, a decision, one more attempt
    mwaa/           the client of the second Lambda function

``router.py`` conducts: one record after another. ``reports.py`` has the type of its response.

This package ships to AWS Lambda. It imports the standard library and boto3 only, because every other import slows the
cold start (docs/adr/0001-standard-library-at-run-time.md). The other packages of the repository build on it.
"""
