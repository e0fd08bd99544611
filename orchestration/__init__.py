"""The domain: one job event in, Step Functions executions out.

The stages, in the order in which an event passes them::

    events.py      SNS record or direct payload     -> JobEvent
    config.py      S3 -> last good -> SSM -> default -> LoadedConfig   (an unchanged config costs one 304)
    workflows.py   job name + event kind            -> ConfiguredTrigger: id, and Trigger | InvalidTrigger
    triggers/*     one trigger + the event          -> the request of one service call
    items.py       requests                         -> items
    skipped.py     triggers + the event             -> those whose condition the event meets
    plan.py        items                            -> executions: deterministic name + input, packed by packing.py
    starts.py      executions                       -> started once, also after a crash or an upload
    executions.py  the Step Functions client        -> STARTED, or DUPLICATE with a description
    router.py      all of it, for each record of one invocation

Then a success arrives at the joins of its job (``joins.py``, ``arrivals.py``, ``join_router.py``).

A replay reads what happened to each trigger (``ledger.py``), decides (``replay.py``) and starts. ``identity.py`` computes every
id and name.

This package ships to AWS Lambda. It imports the standard library and boto3 only, because every other import slows the
cold start (docs/adr/0001-standard-library-at-run-time.md). The other packages of the repository build on it.
"""
