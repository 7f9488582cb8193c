# é: no ASCII before it
"""__version__ = '0.0.1'"""

__version__ = 'v1.0.0'  # 1.0.0
FALLBACK = "1.0.0"
