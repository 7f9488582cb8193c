VERSION: str = '1.0.0'  # the release tool writes this
