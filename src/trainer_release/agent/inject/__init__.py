"""What runs inside the environments under test: standard library and pytest alone, Python 3.9 and later."""
