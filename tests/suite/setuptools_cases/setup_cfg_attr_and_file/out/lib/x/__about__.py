__version__ = "2.0.0rc1"
__version__ = "0.0.0"
