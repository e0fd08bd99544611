"""Event and triggers to executions: items, skipped triggers, batches and parts."""
