"""One file a rule. A rule knows the facts and nothing else, not even its neighbours."""
