"""Files that a command makes: for their owner alone, and never over another one."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bot.core.errors import StartError


@contextlib.contextmanager
def new_file(file: Path) -> Iterator[IO[str]]:
    """A new file that its owner alone may read; gone where it could not be finished. Raises StartError."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise StartError(f"{file} is there already and stays as it is: choose another name.") from None
    except OSError as error:
        raise StartError(f"{file} can't be written ({error.strerror}).") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            yield written
    except OSError as error:
        file.unlink(missing_ok=True)
        raise StartError(f"{file} can't be written ({error.strerror}).") from None
    except BaseException:
        file.unlink(missing_ok=True)
        raise
