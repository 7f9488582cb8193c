"""Doc."""
VERSION = "2.0.0"  # kept
__version__ = VERSION
