"""The hands: files, git, processes, builds, environments, indexes, uploads, the clock.

Only this floor touches the machine, and it takes no decisions. It knows `model` and `errors`, nothing above.
"""
