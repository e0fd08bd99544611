"""Measurements of the project, each with its command.

``python -m bench`` (``make bench``) runs the sections of the page docs/benchmarks.md and writes it with its raw results.
``python -m bench.NAME`` runs one. The stages: ``processes`` and ``environment`` run programs, each section returns
``results``, and ``render`` makes the page of them. The tests run no measurement.

``conditions``, ``console``, ``install``, ``recorded``, ``scale`` and ``validate`` print figures that the page does not have.
``dispatcher`` measures Airflow for docs/airflow.md.
"""
