"""Publishing files so that nothing is believed but the index: answers, pace, asking, sending, waiting, and the end."""
