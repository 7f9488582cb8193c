"""index serve: keep the embedded index up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trainer_release.app.session import open_session, packages
from trainer_release.world import clock, local_index
from trainer_release.world.process import alive


def serve(start: Path, port: int, ready: Callable[[str, Path], None], catalog: Path | None = None) -> None:
    """Run the embedded index until Ctrl-C; `ready` is told its simple URL and its folder."""
    session = open_session(start, catalog)
    suite = session.load().suite
    folder = session.data(suite.name) / "index"
    with local_index.running(folder, packages(suite), port=port) as server:
        try:
            ready(server.address.simple or "", folder)
            while alive(server.pid):
                clock.sleep(0.5)
        except KeyboardInterrupt:
            return
