"""A package."""
from x.version import VERSION as __version__

fallback = "1.0.0"
