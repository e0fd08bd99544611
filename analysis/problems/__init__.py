"""Problems of a configuration, with line and column: checks, warnings and their output formats."""
