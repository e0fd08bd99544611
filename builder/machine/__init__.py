"""State machines: the definitions, the states that wait, their checks and mocked test cases."""
