"""One file a use case; the only wiring. Returns values, prints nothing."""
