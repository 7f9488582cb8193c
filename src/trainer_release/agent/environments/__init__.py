"""What tests run in: environments made of the given files, checked and kept; or one that is there, as it stands."""
