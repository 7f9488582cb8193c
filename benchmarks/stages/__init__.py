"""The stages: a module each, with `groups(bench)`, the commands that take turns, suite by suite."""
