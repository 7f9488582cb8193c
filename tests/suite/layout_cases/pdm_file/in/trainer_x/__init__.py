"""Doc."""
VERSION = "1.0.0"  # kept
__version__ = VERSION
