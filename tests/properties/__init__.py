"""Properties of thousands of random cases, which take half a minute each."""
