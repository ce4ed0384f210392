"""A disk that can be full: a small file system of its own, in memory."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect

import pytest

SIZE = 24 * 1024 * 1024  # bytes; room for a database of the tests and its log
BLOCK = 4096


class SmallDisk:
    """What has room until it is filled."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._filling = folder, folder / "filling"

    def fill(self, database: str) -> None:
        """Nothing more can be written, nor into room that the SQLite file `database` has taken and not used."""
        with closing(connect(database)) as conn:
            while conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                pass  # somebody reads or writes; it has waited for them
        with self._filling.open("ab", buffering=0) as filling:
            for size in (256 * BLOCK, BLOCK, 1):
                try:
                    while filling.write(b"x" * size):
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        """There is room again."""
        self._filling.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Mounted below `folder`. Skips where this process may not mount."""
    place, mount = folder / "disk", shutil.which("mount")
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={SIZE}", "none", str(place)]
    if mount is None or subprocess.run([mount, *options], capture_output=True, check=False).returncode:  # noqa: S603
        pytest.skip("no small disk: this process may not mount one")
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S603, S607
