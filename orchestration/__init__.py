"""The domain: one job event in, Step Functions executions out.

The stages, in the order in which an event passes them::

    events.py      SNS record or direct payload     -> JobEvent
    config.py      S3 -> SSM -> empty default       -> LoadedConfig   (an unchanged config costs one 304)
    workflows.py   job name + outcome               -> Trigger | InvalidTrigger
    triggers/*     one trigger + the event          -> the request of one service call
    plan.py        requests                         -> executions: deterministic name + input
    executions.py  executions                       -> started, or a duplicate that is described
    router.py      all of it, for each record of one invocation

This package ships to AWS Lambda and imports the standard library and boto3 only: cold starts pay for every other
import (docs/adr/0001-standard-library-at-run-time.md). Everything else in the repository is made out of it.
"""
