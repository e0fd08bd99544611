"""The domain: one job event in, Step Functions executions out.

The stages, in the order in which an event passes them::

    events.py      SNS record or direct payload     -> JobEvent
    config.py      S3 -> SSM -> empty default       -> LoadedConfig   (an unchanged config costs one 304)
    workflows.py   job name + event kind            -> Trigger | InvalidTrigger
    triggers/*     one trigger + the event          -> the request of one service call
    plan.py        requests                         -> executions: deterministic name + input
    executions.py  executions                       -> STARTED, or DUPLICATE with a description
    router.py      all of it, for each record of one invocation

This package ships to AWS Lambda. It imports the standard library and boto3 only, because every other import slows the
cold start (docs/adr/0001-standard-library-at-run-time.md). The other packages of the repository build on it.
"""
