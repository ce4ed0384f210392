"""The way from Home into the chat: a press there acts, and opens the chat where its card stands."""

from typing import Any

LEAD = frozenset({"guide.glasses", "guide.resume", "guide.route", "join.mine", "remind.renew"})
"""Presses that bring a card to the end of the chat."""

MENUS = {"remind.more": "renew:"}
"""Menus of which some choices do, by how these begin."""


def leads_to_chat(view: dict[str, Any], chat: str) -> dict[str, Any]:
    """The view with the chat's address on what leads there; as it is where that is not known."""
    return {**view, "blocks": [_led(block, chat) for block in view["blocks"]]} if chat else view


def _led(part: Any, chat: str) -> Any:
    if isinstance(part, list):
        return [_led(each, chat) for each in part]
    if not isinstance(part, dict):
        return part
    action = str(part.get("action_id", "")).partition(":")[0]
    if part.get("type") == "button" and action in LEAD:
        return {**part, "url": chat}
    if action in MENUS:
        leads = [each["value"].startswith(MENUS[action]) for each in part["options"]]
        options = [{**each, "url": chat} if lead else each for each, lead in zip(part["options"], leads, strict=True)]
        return {**part, "options": options}
    return {key: _led(each, chat) for key, each in part.items()}
