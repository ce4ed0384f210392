"""Where an interactive element stands, and what the browser sends when it is used."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .reader import Place, Reader

Json = Mapping[str, Any]
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class Spot:
    """A block of a message, Home tab or modal. `index` keeps ids stable while an app redraws its block_ids."""

    reader: Reader
    place: Place
    index: int
    block_id: str = ""
    state: Json | None = None  # a view's `state.values`
    errors: Json | None = None  # by block_id, what the app objects to

    def id(self, *parts: object) -> str:
        """An element id that stays the same when the message is drawn anew."""
        tail = "-".join(str(part) for part in parts if part != "")
        return _UNSAFE.sub("_", f"e{self.reader.desk}-{self.place.key}-{self.index}-{tail}")

    def entered(self, element: Json) -> Json | None:
        """What the element holds in the state of the view or message; None if nobody has touched it."""
        found = (self.state or {}).get(self.block_id, {}).get(element.get("action_id", ""))
        return found if isinstance(found, Mapping) else None

    def press(self, element: Json, value: str | None = None, path: str | None = None) -> dict[str, str]:
        """htmx attributes that press the element; one with a confirm dialog asks first."""
        verb = path or ("ask" if element.get("confirm") else "click")
        given = {
            "at": self.place.at,
            "channel": self.place.channel,
            "block": self.index,
            "action_id": element.get("action_id", ""),
        }
        if value is not None:
            given["value"] = value
        return {
            "hx-post": f"{self.reader.base}/{verb}",
            "hx-vals": json.dumps(given, ensure_ascii=False),
            "hx-sync": "this:drop",
        }
