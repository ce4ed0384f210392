"""The audit as a table that spreadsheets open. Nothing in it is a formula, whoever wrote it."""

import csv
import io
import json
from collections.abc import Iterable

from bot.store.audit_search import Deed

COLUMNS = ("at", "actor", "action", "subject", "whose", "name", "detail")
MARK = "\ufeff"
"""Says that it is UTF-8: without it spreadsheets take Chinese for something else."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(deeds: Iterable[Deed]) -> str:
    """A row each: when (UTC), who (nothing for the bot itself), what, about what, whose that is and its name, and the
    detail as JSON."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for deed in deeds:
        line, about = deed.entry, deed.about
        detail = json.dumps(line.detail, ensure_ascii=False) if line.detail else ""
        row = (line.at.isoformat(), line.actor or "", line.action, line.subject, about.user_id, about.name, detail)
        writer.writerow([_plain(each) for each in row])
    return MARK + out.getvalue()


def _plain(text: str) -> str:
    """As text, where a spreadsheet would calculate."""
    return f"'{text}" if text.startswith(FORMULA) else text
