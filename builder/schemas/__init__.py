"""JSON Schemas of the configuration and of the job event."""
