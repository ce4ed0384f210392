"""The file of all blocks: whole, in each language, and nothing in it that Slack would refuse."""

import json
import re
from pathlib import Path

import pytest
from slack_sdk.models import blocks as kinds
from slack_sdk.web.async_client import AsyncWebClient

import bot.slack.views
from bot.demo.setup import setup
from bot.playground.server import Options, serve
from bot.playground.slack.validate import validate
from tests.databases import fresh
from tests.slack.routes import routes

from .every_block import collected, main, objections
from .test_views import parts

SOURCES = "\n".join(path.read_text("utf-8") for path in Path(bot.slack.views.__file__).parent.rglob("*.py"))
CALLED = sorted(set(re.findall(r"\b(\w+(?:Block|Element))\(", SOURCES)))
"""Classes of the official library that the views call."""


def test_each_of_them_is_one_that_slack_takes() -> None:
    for one in collected():
        assert validate(one["surface"], one["payload"]) == [], one["name"]
        assert len(json.dumps(one["payload"], ensure_ascii=False)) < 100_000, "more than Slack looks at"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_block_and_element_is_there(language: str) -> None:
    there = {part.get("type") for one in collected() if one["language"] == language for part in parts(one["payload"])}
    wanted = {kind for name in CALLED if (kind := getattr(getattr(kinds, name, None), "type", None))}
    assert {"section", "header", "rich_text", "actions", "plan", "input"} <= wanted
    assert wanted <= there
    surfaces = {one["surface"] for one in collected() if one["language"] == language}
    assert surfaces == {"message", "modal", "home"}


async def test_every_form_is_there(tmp_path: Path) -> None:
    """Each that the bot would take when it is sent, in both languages."""
    with fresh("sqlite", tmp_path) as url:
        wanted = {route.name for route in await routes(url) if route.kind == "form"}
    for language in ("zh", "en"):
        there = {one["payload"].get("callback_id") for one in collected() if one["language"] == language}
        assert wanted - there == set()


async def test_slack_is_asked_about_all_of_them(tmp_path: Path) -> None:
    """Without a token; what it objects to is told with the place."""
    path = tmp_path / "blocks.json"
    main(["write", str(path)])
    written = json.loads(path.read_text("utf-8"))
    assert len(written) == len(collected())
    slack = await serve(Options(transport="http"), setup())
    try:
        api = slack.ready()["slack"]["api_url"]
        assert await objections(written, api) == []
        bad = {"name": "bad", "language": "en", "surface": "home"}
        table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
        (said,) = await objections([{**bad, "payload": {"type": "home", "blocks": [table]}}], api)
        assert said.startswith("bad (en, home): invalid_view /blocks/0/type: ")
        web = AsyncWebClient(base_url=api)
        assert (await web.blocks_validate(message={"text": "x", "blocks": [{"type": "divider"}]}))["ok"]
    finally:
        await slack.stop()
