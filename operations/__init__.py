"""Reads and repairs a deployed stack through AWS APIs, in an account and on the local stack alike.

The rooms and modules::

    joins.py                        who arrived at a join
    publishing/
        options.py                  fields of an event from texts NAME=VALUE
        check.py                    what an event would start, before it is published
        publish.py                  publishes events and follows their executions
        outcome.py                  the outcome of one published event
    doctor/                         examines the whole stack, one module for each question
    executions/
        listing.py                  executions with their events: the only lister
        inspection.py, inspected.py everything about one event, from the router's ledger
        timeline.py                 service calls of an execution's items
        recorded.py                 the events of past executions
        router_log.py               why an event started nothing by itself
        run_errors.py               readable causes of failed runs
        console_pages.py            addresses of pages in the AWS console
        ages.py                     ages such as 7d
    repair/
        replay.py                   starts failed triggers of an execution again
        dead_letters.py             reads the body of a dead letter
        dead_letter_stores.py       reads the delivery DLQ and the failure destination
        redrive.py                  sends dead letters through the router again
    stack/
        deployed_router.py          finds the router Lambda and invokes it
        deployed_configuration.py   reads and writes the router's configuration
        role_policies.py            the policies of a deployed role
        topics.py                   topics of a stack and their filters
        code_bucket.py              a release in the code bucket
        upload.py                   plans the upload of a release
"""
