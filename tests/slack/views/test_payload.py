"""A card's payload is what slack_sdk itself would make of its blocks."""

import pytest

from bot.texts.locale import Locale

from .samples import MEI, TOM, WORDS, Words, cards


@pytest.mark.parametrize("locale", [MEI, TOM])
@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_payload_is_what_the_library_makes(locale: Locale, words: Words) -> None:
    for name, card in cards(locale, words):
        assert card.payload()["blocks"] == [block.to_dict() for block in card.blocks], name
