"""`python -m trainer_release` is the command `trainer-release`."""

from trainer_release.cli import trainer_release

trainer_release()
