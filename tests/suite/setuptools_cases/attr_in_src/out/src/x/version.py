VERSION: str = '2.0.0rc1'  # the release tool writes this
