"""The one loop: it walks a plan through its steps. It knows a step by its contract alone, and no step by name."""
