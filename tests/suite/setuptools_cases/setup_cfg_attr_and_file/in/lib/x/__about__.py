__version__ = "1.0.0"
__version__ = "0.0.0"
