import os

__version__ = "1.0.0"
if os.name:
    RELEASE = "0.0.0"
RELEASE: str = r"""2.0.0"""
