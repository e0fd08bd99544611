"""Each state alone, on AWS's own interpreter: the TestState API with mocks. ``make test-aws PROFILE=name``."""
