"""Lambda handlers, thin layers over ``orchestration``."""
