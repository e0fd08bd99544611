"""Reliability drills: ``python -m tests.drills`` runs all, and ``make drill`` writes docs/reliability.md.

A drill sends many events through the router and the state machine while services fail, processes die and configurations
change. Then it compares the targets that started with those that the configuration declares. They are in ``tests/`` because
they use the tests' fakes and generators, and nothing that is shipped needs them.

``model`` is the result, ``boundary`` disturbs the calls between the product and the engine, ``ground`` is the local stack,
``registry`` lists the drills, ``page`` renders the results.
"""
