"""Files that run inside a build environment: the standard library alone, Python 3.9 and later, nothing of ours."""
