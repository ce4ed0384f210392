"""Every view of joining, with ordinary, the longest and hostile words: within Slack's limits, nothing parsed."""

import json
import re

import pytest

from bot.playground.slack.validate import validate
from bot.texts.locale import Locale

from .samples import HOSTILE, MEI, TOM, WORDS, Words
from .samples_join import PLACE, all_of_them
from .test_views import WORKING, parts

EVERY = [(locale, words) for locale in (MEI, TOM) for words in WORDS.values()]
MOST = {"message": 50, "modal": 100, "home": 60}

every = pytest.mark.parametrize(("locale", "words"), EVERY)


@every
def test_slack_takes_all_of_them(locale: Locale, words: Words) -> None:
    """Within the limits of blocks and texts, and every button is one that somebody listens to."""
    for name, surface, payload in all_of_them(locale, words):
        assert validate(surface, payload) == [], name
        assert len(payload["blocks"]) <= MOST[surface], name
        ids = {part["action_id"] for part in parts(payload) if "action_id" in part}
        assert ids <= WORKING, (name, ids - WORKING)


@pytest.mark.parametrize("locale", [MEI, TOM], ids=lambda locale: locale.language)
def test_what_people_wrote_is_never_parsed(locale: Locale) -> None:
    """No mention, link or special command of theirs reaches a text that Slack parses; no direction is turned."""
    for name, _, payload in all_of_them(locale, HOSTILE):
        for part in parts(payload):
            if part.get("type") == "mrkdwn":
                text = part["text"].replace(f"<{PLACE}|", "")  # where the bot's own card stands
                assert not re.search(r"<!(?!date)|<https|<@(?!U0)", text), (name, text)
        shown = json.dumps([part.get("text") for part in parts(payload)], ensure_ascii=False)
        assert "\u202e" not in shown, name
