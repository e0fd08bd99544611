"""Lambda handlers: what the Lambda runtime calls, thin over ``orchestration``."""
