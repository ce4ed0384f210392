"""What the commands of an operator share: settings, the log, and what prevents a start in a sentence."""

import os
import sys
from collections.abc import Callable

from bot import logs
from bot.core.errors import StartError
from bot.settings import Settings, SettingsError, load, revealed


def operate(job: Callable[[Settings], None], *, slack: bool) -> int:
    """Do it with the settings; `slack` says whether those of Slack are needed. The exit code.

    Every file that is made meanwhile is its owner's alone: a database, what SQLite keeps beside it, a copy.
    """
    before = os.umask(0o077)
    try:
        settings = load(slack=slack)
        logs.configure(settings.log_level, settings.log_format)
        job(settings)
    except (SettingsError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    except Exception as error:
        if (away := _away(error, settings)) is None:
            raise
        print(away, file=sys.stderr)
        return 1
    finally:
        os.umask(before)
    return 0


def _away(error: Exception, settings: Settings) -> StartError | None:
    """The sentence for a database that answered at first and went away over the work; None for anything else."""
    if "sqlalchemy" not in sys.modules:
        return None
    from bot.store.schema import went_away  # it takes longer to load than most commands take

    return went_away(error, revealed(settings.database_url))


def printable(text: str) -> str:
    """What others have named or said, without what would move the cursor."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
