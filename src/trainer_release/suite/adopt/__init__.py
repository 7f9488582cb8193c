"""Adopting a repository that has no catalog yet: what `init` proposes, as values."""
