"""The guide's own wiring: its texts with the operator's over them, and its verbs."""

from pathlib import Path

from bot.core.errors import StartError
from bot.core.guide import Route, Step
from bot.services.job_runner import Handler
from bot.store.database import Database
from bot.texts.guide import GuideTexts, guide_texts
from bot.texts.guide_files import BrokenGuide

from .check import CheckTools
from .checks import CHECKS, KINDS
from .copying import Copying
from .following import Following
from .guides import Guides, Progress
from .script_file import ScriptFiles
from .snapshot import Snapshots


class GuideServices:
    """What people do (`guides`), what their cards are drawn from (`snapshots`), what happens later (`following`)."""

    def __init__(self, db: Database, tools: CheckTools, texts: GuideTexts) -> None:
        progress = Progress(tools, routes_of(texts), CHECKS)
        self.guides, self.snapshots = Guides(db, progress), Snapshots(db, progress)
        self.following, self.copying = Following(db, progress), Copying(db, progress)
        self.script_files = ScriptFiles(db, tools.clock)

    def job_handlers(self) -> dict[str, Handler]:
        """What happens later, by the kind of job."""
        return {
            "guide": self.following.follow,
            "guides": self.following.wake,
            "asked": self.following.unanswered,
            "copy": self.copying.follow,
        }


def texts_of(folder: Path | None) -> GuideTexts:
    """The guide's texts, with the operator's own over them. Raises StartError."""
    try:
        return guide_texts(KINDS, folder)
    except BrokenGuide as error:
        raise StartError(f"The guide's texts (GUIDE_DIR): {error}") from None


def routes_of(texts: GuideTexts) -> dict[str, Route]:
    """The guide's ways, as the rules know them."""
    return {
        key: Route(
            key, tuple(Step(each.id, each.check, each.closes) for each in route.steps), route.purpose, route.team
        )
        for key, route in texts.routes.items()
    }
