"""Every error code there is: the pages of each area, in one table."""

from __future__ import annotations

from trainer_release.errors.of_agent import AGENT
from trainer_release.errors.of_builds import BUILDS
from trainer_release.errors.of_catalog import CATALOG
from trainer_release.errors.of_contracts import CONTRACTS
from trainer_release.errors.of_git import GIT
from trainer_release.errors.of_index import INDEX
from trainer_release.errors.of_init import INIT
from trainer_release.errors.of_locks import LOCKS
from trainer_release.errors.of_project import PROJECT
from trainer_release.errors.of_publishing import PUBLISHING
from trainer_release.errors.of_recovery import RECOVERY
from trainer_release.errors.of_rehearsal import REHEARSAL
from trainer_release.errors.of_release import RELEASE
from trainer_release.errors.of_repositories import REPOSITORIES
from trainer_release.errors.of_runs import RUNS
from trainer_release.errors.of_settings import SETTINGS
from trainer_release.errors.of_versions import VERSIONS

CODES = {
    **CATALOG,
    **PROJECT,
    **GIT,
    **INDEX,
    **BUILDS,
    **AGENT,
    **CONTRACTS,
    **SETTINGS,
    **RELEASE,
    **RECOVERY,
    **PUBLISHING,
    **VERSIONS,
    **INIT,
    **LOCKS,
    **REPOSITORIES,
    **REHEARSAL,
    **RUNS,
}
