"""The ``orchestrator`` command: one thin module for each subcommand; ``render.py`` and ``redrive_output.py`` draw."""
