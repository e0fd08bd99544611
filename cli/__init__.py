"""The ``orchestrator`` command: each module is one subcommand, ``report.py`` draws."""
