"""The console: pages about executions, lineage and configuration, on 127.0.0.1 or as one self-contained file."""
