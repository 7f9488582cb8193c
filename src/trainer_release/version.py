"""The version of this program, on the ground floor: the doors and the record of a release both tell it."""

__version__ = "0.1.0"
