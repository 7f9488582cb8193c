"""Ship it: survey (look once), preflight (every problem), planner (a value), steps and engine (do)."""
