"""Everybody can choose each language there is, whatever Slack says."""

import pytest

from bot.texts.catalogue import catalogues
from bot.texts.locale import Locale
from tests.stories.story import Story

LANGUAGES = list(catalogues())
SLACKS = "zh"  # what Slack says of mei


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_language_is_offered_by_name_and_spoken_when_chosen(story: Story, language: str) -> None:
    locale = Locale(language, "Asia/Shanghai")
    names = [catalogues()[SLACKS].name_of(each) for each in LANGUAGES]
    await story.types("mei", "/sharge lang klingon")
    await story.reads("mei", *names, "auto")
    if language != SLACKS:
        choice = {"action_id": "command.lang", "value": language}
        assert (await story.tries("click", who="mei", **choice))["ok"]
    await story.types("mei", f"/sharge lang {language.upper()}")
    await story.reads("mei", locale._("From now on I speak English with you."))
    await story.types("mei", "/sharge help")
    await story.reads("mei", locale.listed(LANGUAGES))
    await story.types("mei", "/sharge lang auto")
    await story.reads("mei", "以后我跟你说中文")
