"""Unmodified Bolt apps live in the playground, by Socket Mode and by HTTP."""

from typing import Any

import httpx
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground
from tests.waiting import eventually

from ..conftest import Connect
from .samples import BUTTONS, form, plain

pytestmark = pytest.mark.parametrize("transport", ["socket", "http"])

Json = dict[str, Any]


async def post(human: httpx.AsyncClient, call: str, **body: Any) -> Json:
    answer: Json = (await human.post(call, json=body)).json()
    return answer


async def screen(human: httpx.AsyncClient, who: str) -> Json:
    answer: Json = (await human.get("screen", params={"who": who})).json()
    return answer


def echo(app: AsyncApp) -> None:
    """Says commands again; opens the form; posts buttons; notes what it gets."""

    @app.command("/echo")
    async def _(ack: Any, command: Json, client: AsyncWebClient, respond: Any) -> None:
        if command["text"] == "form":
            await client.views_open(trigger_id=command["trigger_id"], view=form())
            await ack()
        elif command["text"] == "post":
            await ack()
            await client.chat_postMessage(channel=command["user_id"], text="choose", blocks=BUTTONS)
        elif command["text"] == "all":
            await ack({"response_type": "in_channel", "text": "for all"})
        elif command["text"] == "later":
            await ack()
            await respond("first")
            await respond("second", response_type="in_channel")
        else:
            await ack(f"you said {command['text']}")

    @app.command("/raw")
    async def _(ack: Any) -> None:
        await ack({"blocks": [{"type": "header", "text": plain("x" * 151)}]})


async def test_a_command_is_answered_in_its_ack(
    playground: Playground, human: httpx.AsyncClient, connect: Connect, transport: str
) -> None:
    """The answer of the ack is for the person alone; mentions and signs arrive escaped."""
    await connect(playground, transport, echo)
    answer = await post(human, "command", who="mei", text="/echo R&D @tom")
    assert answer["ok"]
    assert answer["status"] == 200
    assert 0 < answer["ack_ms"] < 3000
    [message] = (await screen(human, "mei"))["dm"]
    assert message["ephemeral"]
    assert message["text"] == "you said R&amp;D <@U0TOM|tom>"
    assert message["plain"] == "you said R&D @tom"
    assert (await screen(human, "tom"))["dm"] == []


async def test_a_command_in_a_channel_answers_there(
    playground: Playground, human: httpx.AsyncClient, connect: Connect, transport: str
) -> None:
    """in_channel is for everybody in the channel, and only for them."""
    await connect(playground, transport, echo)
    await post(human, "command", who="lin", text="/echo all", channel="admins")
    [message] = (await screen(human, "wang"))["channels"]["admins"]
    assert (message["plain"], message["ephemeral"]) == ("for all", False)
    refused = await post(human, "command", who="mei", text="/echo all", channel="admins")
    assert not refused["ok"]
    assert "admins" in refused["error"]


async def test_a_response_url_answers_twice(
    playground: Playground, human: httpx.AsyncClient, connect: Connect, transport: str
) -> None:
    """Once for the person, once for the channel."""
    await connect(playground, transport, echo)
    await post(human, "command", who="lin", text="/echo later", channel="general")
    mine = (await screen(human, "lin"))["channels"]["general"]
    theirs = (await screen(human, "mei"))["channels"]["general"]
    assert [m["plain"] for m in mine] == ["first", "second"]
    assert [m["plain"] for m in theirs] == ["second"]


async def test_an_answer_that_slack_would_not_show_is_a_failure(
    playground: Playground, human: httpx.AsyncClient, connect: Connect, transport: str
) -> None:
    """A header of 151 characters in an ack: the person sees a failure, the answer names the pointer."""
    await connect(playground, transport, echo)
    answer = await post(human, "command", who="mei", text="/raw")
    assert not answer["ok"]
    assert "/blocks/0/text/text" in answer["error"]
    [toast] = (await screen(human, "mei"))["toasts"]
    assert (toast["code"], toast["about"]) == ("invalid_response", "/raw")


async def test_buttons_and_menus(
    playground: Playground, human: httpx.AsyncClient, connect: Connect, transport: str
) -> None:
    """Pressing brings block_actions; a confirm dialog has to be confirmed; menus are pressed by their options."""
    pressed: list[Json] = []

    def listeners(app: AsyncApp) -> None:
        echo(app)

        @app.action({"action_id": "go"})
        async def _(ack: Any, body: Json, respond: Any) -> None:
            await ack()
            pressed.append(body)
            await respond(replace_original=True, text="gone on", blocks=[])

        for name in ("drop", "more"):

            @app.action(name)
            async def _(ack: Any, body: Json) -> None:
                await ack()
                pressed.append(body)

    await connect(playground, transport, listeners)
    await post(human, "command", who="mei", text="/echo post")
    [message] = (await screen(human, "mei"))["dm"]
    assert message["plain"] == "Hello @mei, choose"
    assert message["buttons"] == ["Later", "Never", "Go on", "Drop it"]

    asked = await post(human, "click", who="mei", label="Drop")
    assert (asked["ok"], asked["error"]) == (False, "confirm_required")
    assert asked["confirm"]["text"] == "mei's request"
    assert (asked["confirm"]["title"], asked["confirm"]["confirm"]) == ("Drop?", "Drop")
    assert pressed == []
    assert (await post(human, "click", who="mei", label="Drop", confirm=True))["ok"]
    assert (await post(human, "click", who="mei", label="Later"))["ok"]
    assert (await post(human, "click", who="mei", action_id="go"))["ok"]

    dropped, later, gone = pressed
    assert dropped["actions"][0]["action_id"] == "drop"
    assert later["actions"][0]["selected_option"]["value"] == "later:1"
    assert gone["actions"][0] | {"action_ts": ""} == {
        "type": "button",
        "action_id": "go",
        "block_id": "row",
        "value": "7",
        "text": BUTTONS[1]["elements"][0]["text"] | gone["actions"][0]["text"],
        "action_ts": "",
    }
    assert gone["container"] == {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": message["channel"],
        "is_ephemeral": False,
    }
    assert gone["message"]["blocks"][1]["block_id"] == "row"
    assert gone["user"]["id"] == "U0MEI"
    [after] = (await screen(human, "mei"))["dm"]
    assert (after["plain"], after["buttons"], after["ts"]) == ("gone on", [], message["ts"])


async def test_a_modal_from_its_first_error_to_its_end(
    playground: Playground, human: httpx.AsyncClient, connect: Connect, transport: str
) -> None:
    """The client checks, the app refuses, typed text stays, the next view takes its place, then it closes."""
    sent: list[Json] = []

    def listeners(app: AsyncApp) -> None:
        echo(app)

        @app.view("form")
        async def _(ack: Any, view: Json) -> None:
            sent.append(view["state"]["values"])
            if len(sent) == 1:
                await ack(response_action="errors", errors={"name": "taken"})
            elif len(sent) == 2:
                await ack(response_action="update", view=form(title=plain("Once more")))
            elif len(sent) == 3:
                await ack(response_action="push", view=form(title=plain("On top")))
            else:
                await ack()

    await connect(playground, transport, listeners)
    await post(human, "command", who="tom", text="/echo form")
    modal = (await screen(human, "tom"))["modal"]
    assert modal["plain"].splitlines() == ["A form", "Your name", "E-mail", "Colour", "Red", "Blue"]
    assert [i["value"] for i in modal["inputs"]] == [None, None, "r"]

    empty = await post(human, "submit", who="tom", fields={"E-mail": "no address"})
    assert empty["errors"] == {
        "Your name": "Please complete this required field",
        "E-mail": "Please enter a valid email address",
    }
    long = await post(human, "submit", who="tom", fields={"name.value": "Thomas", "E-mail": None})
    assert long["errors"] == {"Your name": "Must be at most 5 characters"}
    assert sent == [], "the client asks the app only about what it has nothing against"

    refused = await post(human, "submit", who="tom", fields={"Your": "Tommy", "Colour": "Blue"})
    assert (refused["ok"], refused["errors"], refused["status"]) == (False, {"Your name": "taken"}, 200)
    assert sent[0]["name"] == {"value": {"type": "plain_text_input", "value": "Tommy"}}
    assert sent[0]["mail"] == {"value": {"type": "email_text_input", "value": None}}
    assert sent[0]["colour"]["value"]["selected_option"]["value"] == "b"
    kept = (await screen(human, "tom"))["modal"]
    assert [(i["value"], i["error"]) for i in kept["inputs"]] == [("Tommy", "taken"), (None, None), ("b", None)]

    assert (await post(human, "submit", who="tom"))["ok"]
    again = (await screen(human, "tom"))["modal"]
    assert again["plain"].startswith("Once more")
    assert again["id"] == modal["id"]
    assert again["hash"] != modal["hash"]
    assert again["inputs"][0]["value"] == "Tommy", "the same ids keep what was typed"

    assert (await post(human, "submit", who="tom"))["ok"]
    stack = (await screen(human, "tom"))["modals"]
    assert [view["title"]["text"] for view in stack] == ["Once more", "On top"]
    assert stack[1]["previous_view_id"] == stack[0]["id"] == stack[1]["root_view_id"]
    assert (await post(human, "submit", who="tom", fields={"Your name": "Tom"}))["ok"]
    assert [view["title"]["text"] for view in (await screen(human, "tom"))["modals"]] == ["Once more"]
    assert (await post(human, "close", who="tom"))["ok"]
    assert (await screen(human, "tom"))["modal"] is None


async def test_errors_for_what_is_no_input_are_a_failure(
    playground: Playground, human: httpx.AsyncClient, connect: Connect, transport: str
) -> None:
    """The modal stays with what was typed, and the person sees that something is wrong."""

    def listeners(app: AsyncApp) -> None:
        echo(app)

        @app.view("form")
        async def _(ack: Any) -> None:
            await ack(response_action="errors", errors={"nothing": "wrong key"})

    await connect(playground, transport, listeners)
    await post(human, "command", who="tom", text="/echo form")
    answer = await post(human, "submit", who="tom", fields={"Your name": "Tom"})
    assert not answer["ok"]
    shown = await screen(human, "tom")
    assert shown["modal"]["inputs"][0]["value"] == "Tom"
    assert shown["toasts"][0]["code"] == "invalid_response"


async def test_events(playground: Playground, human: httpx.AsyncClient, connect: Connect, transport: str) -> None:
    """Messages, mentions, Home, people and channels arrive with the fields that Slack documents."""
    got: list[Json] = []

    def listeners(app: AsyncApp) -> None:
        for name in ("message", "app_mention", "app_home_opened", "user_change", "team_join", "group_left"):

            @app.event(name)
            async def _(event: Json, body: Json) -> None:
                got.append(event | {"team_id": body["team_id"], "event_id": body["event_id"]})

    await connect(playground, transport, listeners)
    assert (await post(human, "say", who="mei", text="hello <b>"))["status"] == 200
    message = got[-1]
    assert (message["type"], message["channel_type"], message["user"]) == ("message", "im", "U0MEI")
    assert message["text"] == "hello &lt;b&gt;"
    assert message["blocks"][0]["elements"][0]["elements"] == [{"type": "text", "text": "hello <b>"}]
    assert message["team_id"] == playground.workspace.team_id
    assert message["channel"].startswith("D")

    await post(human, "say", who="mei", text="@echo look", channel="general")
    assert [event["type"] for event in got[1:]] == ["message", "app_mention"]
    assert got[-1]["text"] == f"<@{playground.main_app.bot_user}> look"

    assert (await post(human, "home", who="tom"))["ok"]
    assert (got[-1]["type"], got[-1]["tab"], got[-1]["user"]) == ("app_home_opened", "home", "U0TOM")

    assert (await post(human, "user", who="tom", tz="Europe/Berlin", restricted=True))["ok"]
    assert got[-1]["user"]["tz"] == "Europe/Berlin"
    assert got[-1]["user"]["is_restricted"]

    assert (await post(human, "user", who="eva", name="Eva", locale="en-GB", new=True))["ok"]
    assert (got[-1]["type"], got[-1]["user"]["id"], got[-1]["user"]["locale"]) == ("team_join", "U0EVA", "en-GB")

    assert (await post(human, "membership", who="bot", channel="admins", inside=False))["ok"]
    assert (got[-1]["type"], got[-1]["channel"]) == ("group_left", "C0ADMINS")
    assert "user" not in got[-1]
    assert len({event["event_id"] for event in got}) == len(got)


async def test_home_shortcut_and_suggestions(
    playground: Playground, human: httpx.AsyncClient, connect: Connect, transport: str
) -> None:
    """A Home tab is published and used; a shortcut opens a modal whose menu the app fills."""
    picked: list[Any] = []
    menu = {"type": "external_select", "action_id": "pick", "min_query_length": 1, "placeholder": plain("An agent")}
    ask = {
        "type": "modal",
        "title": plain("Pick"),
        "callback_id": "picked",
        "notify_on_close": True,
        "submit": plain("OK"),
        "blocks": [{"type": "input", "block_id": "agent", "label": plain("Agent"), "element": menu}],
    }

    def listeners(app: AsyncApp) -> None:
        @app.event("app_home_opened")
        async def _(event: Json, client: AsyncWebClient) -> None:
            view = {"type": "home", "blocks": [*BUTTONS, {"type": "section", "text": plain(f"for {event['user']}")}]}
            await client.views_publish(user_id=event["user"], view=view)

        @app.action("go")
        async def _(ack: Any, body: Json) -> None:
            await ack()
            picked.append(body["view"]["type"])

        @app.shortcut("ask")
        async def _(ack: Any, shortcut: Json, client: AsyncWebClient) -> None:
            await client.views_open(trigger_id=shortcut["trigger_id"], view=ask)
            await ack()

        @app.options("pick")
        async def _(ack: Any, payload: Json) -> None:
            await ack(options=[{"text": plain(f"{payload['value']}-bot"), "value": "42"}])

        @app.view("picked")
        async def _(ack: Any, view: Json) -> None:
            picked.append(view["state"]["values"]["agent"]["pick"]["selected_option"]["value"])
            await ack()

        @app.view_closed("picked")
        async def _(ack: Any, body: Json) -> None:
            picked.append(body["is_cleared"])
            await ack()

    await connect(playground, transport, listeners)
    await post(human, "home", who="mei")
    assert (await screen(human, "mei"))["home"]["plain"].endswith("for U0MEI")
    assert (await post(human, "click", who="mei", label="Go on"))["ok"]

    assert (await post(human, "shortcut", who="mei", callback_id="ask"))["ok"]
    answer = await post(human, "suggest", who="mei", action_id="pick", value="museum")
    assert answer["options"] == [{"label": "museum-bot", "value": "42"}]
    assert (await post(human, "submit", who="mei", fields={"Agent": "museum-bot"}))["ok"]
    await post(human, "shortcut", who="mei", callback_id="ask")
    assert (await post(human, "close", who="mei"))["ok"]
    assert picked == ["home", "42", False]


@pytest.mark.usefixtures("hurry")
async def test_an_app_that_fails_is_seen(
    playground: Playground, human: httpx.AsyncClient, connect: Connect, transport: str
) -> None:
    """A crash before the ack: a failure by HTTP at once, by Socket Mode when the time for an ack is over."""

    def listeners(app: AsyncApp) -> None:
        @app.command("/echo")
        async def _() -> None:
            raise RuntimeError("broken on purpose")

    await connect(playground, transport, listeners)
    answer = await post(human, "command", who="mei", text="/echo")
    assert not answer["ok"]
    assert answer["status"] == {"http": 500, "socket": "timeout"}[transport]
    [toast] = (await screen(human, "mei"))["toasts"]
    assert toast["code"] == {"http": "dispatch_failed", "socket": "timeout"}[transport]


@pytest.mark.usefixtures("hurry")
async def test_failed_events_are_repeated(
    playground: Playground, human: httpx.AsyncClient, connect: Connect, transport: str
) -> None:
    """Same event_id, rising number, and the reason; after a success it is over."""
    tries: list[tuple[str, str | None, str | None]] = []

    def listeners(app: AsyncApp) -> None:
        @app.event("app_home_opened")
        async def _(body: Json, request: Any) -> None:
            number = request.headers.get("x-slack-retry-num", [None])[0]
            reason = request.headers.get("x-slack-retry-reason", [None])[0]
            tries.append((body["event_id"], number, reason))
            if len(tries) < 3:
                raise RuntimeError("not now")

    await connect(playground, transport, listeners)
    first = await post(human, "home", who="mei")
    assert not first["ok"]

    async def three() -> bool:
        return len(tries) == 3

    await eventually(three)
    assert len({event_id for event_id, _, _ in tries}) == 1
    assert [number for _, number, _ in tries if number not in (None, "0")] == ["1", "2"]
    assert tries[1][2] == {"http": "http_error", "socket": "http_timeout"}[transport]
