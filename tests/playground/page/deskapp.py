"""A small Bolt app with something of everything: a card with a confirm dialog, a menu, a form, a Home tab."""

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.demo.cast import ADMINS
from bot.playground.slack.manifests import EVENTS, SCOPES

Json = dict[str, Any]

MANIFEST: Json = {
    "features": {
        "app_home": {"home_tab_enabled": True},
        "bot_user": {"display_name": "desk"},
        "shortcuts": [{"name": "Open the form", "type": "global", "callback_id": "form", "description": "Form"}],
        "slash_commands": [
            {
                "command": "/desk",
                "description": "A desk",
                "usage_hint": "[card | form | rows | link [where] | ghost]",
            },
        ],
    },
    "oauth_config": {"scopes": {"bot": list(SCOPES)}},
    "settings": {"event_subscriptions": {"bot_events": list(EVENTS)}},
}


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def button(text: str, action_id: str, **more: Any) -> Json:
    """A button."""
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


CONFIRM: Json = {
    "title": plain("Approve it?"),
    "text": plain("小美 will be invited."),
    "confirm": plain("Approve"),
    "deny": plain("Not now"),
}
PICK: Json = {
    "type": "modal",
    "callback_id": "pick",
    "title": plain("Pick"),
    "submit": plain("Send"),
    "blocks": [
        {
            "type": "input",
            "block_id": "city",
            "label": plain("City"),
            "element": {"type": "external_select", "action_id": "city", "min_query_length": 2},
        }
    ],
}
CARD: list[Json] = [
    {"type": "header", "text": plain("A request")},
    {
        "type": "actions",
        "elements": [
            button("Approve…", "approve", style="primary", value="41", confirm=CONFIRM),
            {
                "type": "overflow",
                "action_id": "more",
                "options": [{"text": plain("Later"), "value": "later"}, {"text": plain("Never"), "value": "never"}],
            },
        ],
    },
]
FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Join"),
    "submit": plain("Send"),
    "close": plain("Cancel"),
    "blocks": [
        {
            "type": "input",
            "block_id": "uid",
            "label": plain("User ID"),
            "element": {"type": "plain_text_input", "action_id": "value"},
        },
        {
            "type": "input",
            "block_id": "purpose",
            "label": plain("Purpose"),
            "element": {"type": "plain_text_input", "action_id": "value", "multiline": True, "max_length": 300},
        },
        {
            "type": "input",
            "block_id": "life",
            "label": plain("Lifetime"),
            "element": {
                "type": "radio_buttons",
                "action_id": "value",
                "options": [{"text": plain("30 days"), "value": "30"}, {"text": plain("1 day"), "value": "1"}],
                "initial_option": {"text": plain("30 days"), "value": "30"},
            },
        },
        {
            "type": "input",
            "block_id": "made",
            "optional": True,
            "label": plain("Created"),
            "element": {"type": "datetimepicker", "action_id": "value"},
        },
    ],
}


def listeners(sent: list[Json]) -> Any:
    """Registers the app's listeners; `sent` collects the submitted values and pressed actions."""

    def register(app: AsyncApp) -> None:
        @app.command("/desk")
        async def desk(ack: Any, body: Json, client: Any, respond: Any) -> None:
            await ack()
            if body["text"] == "form":
                await client.views_open(trigger_id=body["trigger_id"], view=FORM)
            elif body["text"] == "pick":
                await client.views_open(trigger_id=body["trigger_id"], view=PICK)
            elif body["text"] == "card":
                await client.chat_postMessage(channel=ADMINS, text="A request", blocks=CARD)
            else:
                await respond(f"You said {body['text']}")

        @app.view("form")
        async def form(ack: Any, body: Json, client: Any, view: Json) -> None:
            values = view["state"]["values"]
            if not values["uid"]["value"]["value"].isdigit():
                await ack(response_action="errors", errors={"uid": "Digits only."})
                return
            await ack()
            sent.append(values)
            await client.chat_postMessage(channel=body["user"]["id"], text="Thank you")

        @app.options("city")
        async def cities(ack: Any, body: Json) -> None:
            found = [name for name in ("Shanghai", "Shenzhen", "Oslo") if name.lower().startswith(body["value"])]
            await ack(options=[{"text": plain(name), "value": name.lower()} for name in found])

        @app.view("pick")
        async def picked(ack: Any, view: Json) -> None:
            await ack()
            sent.append(view["state"]["values"]["city"]["city"])

        @app.action("approve")
        async def approve(ack: Any, body: Json, client: Any) -> None:
            await ack()
            sent.append(body["actions"][0])
            done = [{"type": "section", "text": mrkdwn(f"<@{body['user']['id']}> approved it")}]
            await client.chat_update(channel=ADMINS, ts=body["message"]["ts"], text="Approved", blocks=done)

        @app.action("more")
        async def more(ack: Any, body: Json) -> None:
            await ack()
            sent.append(body["actions"][0])

        @app.event("app_home_opened")
        async def home(event: Json, client: Any) -> None:
            blocks = [{"type": "header", "text": plain("Your next step")}]
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

        @app.event("message")
        async def message() -> None:
            """The app needs no answer to what people write."""

    return register
