"""What it is.

__version__ = "9"
"""
__version__ = "2.0.0"
try:
    pass
except ImportError:
    __version__ = "0.0.0"
