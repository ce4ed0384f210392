"""`labels`."""

import json
import sys
from pathlib import Path

from click import Argument, Option
from click import Path as ClickPath

from bot.core.errors import StartError
from bot.services.guide.wiring import texts_of
from bot.texts.saved_pages import NoPages, missing_labels, pages_in

FOLDER = ClickPath(path_type=Path)
OPTIONS = (
    Argument(["folder"], type=FOLDER, metavar="FOLDER"),
    Option(["--guide-dir"], type=FOLDER, metavar="FOLDER", help="the guide's texts that are laid over the bot's own"),
    Option(["--json", "as_json"], is_flag=True, help="as JSON"),
)


def main(folder: Path, *, guide_dir: Path | None, as_json: bool) -> int:
    """Compare Coze's labels that the guide names with saved pages of Coze's, and list those not found.

    FOLDER holds the saved pages: .txt, .md and .html.
    """
    try:
        steps = texts_of(guide_dir).on_coze()
        pages, unread = pages_in(folder)
    except (StartError, NoPages) as error:
        print(error, file=sys.stderr)
        return 1
    missing = missing_labels(steps, pages.values())
    if as_json:
        found = {"pages": sorted(pages), "unread": unread, "missing": [{"label": a, "steps": b} for a, b in missing]}
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for name, why in unread.items():
            print(f"{name}: {why}", file=sys.stderr)
        for label, ids in missing:
            print(f"{label}  ({', '.join(ids)})")
        labels = len({label for names in steps.values() for label in names})
        print(f"{len(missing)} of {labels} labels not found in {len(pages)} pages")
    return 1 if missing or unread else 0
