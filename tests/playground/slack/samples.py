"""Blocks and a modal, for several tests."""

from typing import Any


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


BUTTONS: list[dict[str, Any]] = [
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "Hello <@U0MEI>, *choose*"},
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [{"text": plain("Later"), "value": "later:1"}, {"text": plain("Never"), "value": "never:1"}],
        },
    },
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "go", "value": "7", "text": plain("Go on")},
            {
                "type": "button",
                "action_id": "drop",
                "text": plain("Drop it"),
                "confirm": {
                    "title": plain("Drop?"),
                    "text": {"type": "mrkdwn", "text": "*mei*'s request"},
                    "confirm": plain("Drop"),
                    "deny": plain("Keep"),
                },
            },
        ],
    },
]


def form(**more: Any) -> dict[str, Any]:
    """A modal with a text, an e-mail and a choice."""
    choices = [{"text": plain("Red"), "value": "r"}, {"text": plain("Blue"), "value": "b"}]
    return {
        "type": "modal",
        "callback_id": "form",
        "private_metadata": "row 1",
        "title": plain("A form"),
        "submit": plain("Send"),
        "blocks": [
            {
                "type": "input",
                "block_id": "name",
                "label": plain("Your name"),
                "element": {"type": "plain_text_input", "action_id": "value", "min_length": 2, "max_length": 5},
            },
            {
                "type": "input",
                "block_id": "mail",
                "optional": True,
                "label": plain("E-mail"),
                "element": {"type": "email_text_input", "action_id": "value"},
            },
            {
                "type": "input",
                "block_id": "colour",
                "label": plain("Colour"),
                "element": {
                    "type": "radio_buttons",
                    "action_id": "value",
                    "options": choices,
                    "initial_option": choices[0],
                },
            },
        ],
        **more,
    }
