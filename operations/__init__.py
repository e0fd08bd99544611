"""Reads and repairs a deployed stack through AWS APIs, in an account and on the local stack alike.

The modules::

    deployed_router.py      finds the router Lambda and invokes it
    publish.py              publishes events and follows them to their outcomes
    role_policies.py        the policies of a deployed role
    deployed_configuration.py    reads and writes the router's configuration
    replay.py               starts failed triggers of an execution again
    ages.py                 ages such as 7d
    listing.py              executions with their events
    inspection.py, inspected.py    everything about one event
    joins.py                who arrived at a join
    router_log.py           why an event started nothing by itself
    console_pages.py        addresses of pages in the AWS console
    timeline.py             service calls of an execution's items
    recorded.py             the events of past executions
    dead_letters.py         reads the body of a dead letter
    dead_letter_stores.py   reads the delivery DLQ and the failure destination
    redrive.py              sends dead letters through the router again
    code_bucket.py          a release in the code bucket
    upload.py               plans the upload of a release
    doctor/                 examines the whole stack
"""
