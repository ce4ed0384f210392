"""Whatever button or menu entry the guide's files give to a kind of step: refused at the start, or its press acts."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from bot.clock import utc_now
from bot.core.errors import NotFound, StartError, WrongState
from bot.core.guide import GuideState
from bot.core.people import Evidence
from bot.services.guide.checks import KINDS
from bot.services.guide.wiring import texts_of
from bot.slack.views.answers import refusal
from bot.store.database import Database
from bot.store.tables import guide_
from bot.texts.guide_files import Files, read
from bot.texts.guide_rules import faults_in
from bot.texts.locale import Locale
from tests.databases import fresh
from tests.stories.story import Story, told
from tests.stories.test_join_forged import Forger

NAMES = sorted({name for kind in KINDS.values() for name in kind.buttons})
PARTS = ("buttons", "menu")
LOCALES = (Locale("zh", "Asia/Shanghai"), Locale("en", "America/New_York"))
REFUSALS = [refusal(error, locale).text for error in (NotFound(), WrongState("")) for locale in LOCALES]
GIVERS = {"app_id": "b4", "kid": "b4", "agent_id": "s1"}
FACTS = {
    "agent_id": "7523456789012345678",
    "agent": "讲解员",
    "space": "74",
    "app_id": "1178531043225",
    "kid": "k" * 43,
}


@dataclass(frozen=True)
class Offer:
    """One name at one kind of step; `number` tells its route and its label from the others'."""

    number: int
    check: str
    part: str
    name: str

    @property
    def key(self) -> str:
        """The route and the step."""
        return f"try-{self.number}"

    @property
    def label(self) -> str:
        """The words on the button, found nowhere else."""
        return f"按钮{self.number}号"

    def file(self) -> dict[str, Any]:
        """A route that leads to the step, past those that give what the button needs."""
        words = {"title": "一步", "done": "好了", "do": ["做一件事"], self.name: self.label}
        needs = KINDS[self.check].buttons.get(self.name, frozenset())
        order = [*sorted({GIVERS[fact] for fact in needs}), self.key, *(() if KINDS[self.check].closes else ("s4",))]
        route = {"order": order, "team": True, "listed": False}
        names = dict.fromkeys(("title", "pitch", "button"), "一条路")
        step = {"check": self.check, "open": "coze", self.part: [self.name], "zh": words, "en": words}
        return {"route": {**route, "zh": names, "en": names}, self.key: step}

    @property
    def faults(self) -> list[str]:
        """What the loader says of it."""
        files: Files = {**read(None), self.key: self.file()}
        return faults_in(files, KINDS)


COMBINATIONS = [(check, part, name) for check in sorted(KINDS) for part in PARTS for name in NAMES]
OFFERS = [Offer(number, *each) for number, each in enumerate(COMBINATIONS)]
TAKEN = [offer for offer in OFFERS if not offer.faults]


def toml(value: Any) -> str:
    """A value of these files, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def written(folder: Path, offers: list[Offer]) -> Path:
    """GUIDE_DIR with a route for each of them."""
    for offer in offers:
        lines = (f"{key} = {toml(value)}" for key, value in offer.file().items())
        (folder / f"{offer.key}.toml").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.mark.parametrize("offer", [each for each in OFFERS if each not in TAKEN], ids=lambda each: each.key)
def test_what_nothing_would_answer_is_refused_in_one_sentence(offer: Offer) -> None:
    """With the file, the step and the entry."""
    sentences = [
        fault for fault in offer.faults if fault.startswith(f"{offer.key}.toml: {offer.key}: {offer.part}: ")
    ]
    assert len(sentences) == 1, offer.faults
    assert f" {offer.name} does nothing at check {offer.check}" in sentences[0]


@pytest.mark.parametrize("entry", ["service", "join", "channel", "accepted"])
def test_the_bot_does_not_start_with_an_entry_that_does_nothing(tmp_path: Path, entry: str) -> None:
    (tmp_path / "jwt.toml").write_text(
        f'[b5]\nmenu = ["{entry}"]\n[b5.zh]\n{entry} = "做"\n[b5.en]\n{entry} = "Do"\n', "utf-8"
    )
    with pytest.raises(StartError, match=rf"GUIDE_DIR.*jwt\.toml: b5: menu: {entry} does nothing at check assertion"):
        texts_of(tmp_path)


def test_what_is_known_too_late_is_refused() -> None:
    """A script holds the app's ids: the step that asks for them has to come before."""
    files = read(None)
    files["jwt"]["route"]["order"] = ["b1", "b5", "b4", "s4"]
    assert "jwt.toml: b5: script needs app_id, which no step before it asks for" in faults_in(files, KINDS)


class Trier:
    """Somebody at each of the steps, one after the other: mei, and tom where one has to be invited."""

    def __init__(self, story: Story, forger: Forger, db: Database) -> None:
        self._story, self._forger, self._db = story, forger, db

    async def stands(self, who: str, offer: Offer) -> int:
        """Their guide at this step, its card in their DM; the guide's id."""
        user, facts = f"U0{who.upper()}", {name: [value, Evidence.CONFIRMED.value] for name, value in FACTS.items()}
        row = {
            "team_id": "T0PLAYGROUND",
            "user_id": user,
            "route": offer.key,
            "step": offer.key,
            "state": GuideState.DONE if KINDS[offer.check].closes else GuideState.OPEN,
        }
        more = {"created_at": utc_now(), "updated_at": utc_now(), "facts": facts, "version": 1}
        async with self._db.write() as tx:
            added = await tx.conn.execute(insert(guide_).values(**row, **more).returning(guide_.c.id))
            guide_id = int(added.scalar_one())
        assert await self._forger.presses(user, "guide.resume", str(guide_id)) == 200
        return guide_id

    async def version(self, guide_id: int) -> int:
        """It rises with every change of the guide."""
        async with self._db.read() as conn:
            return int(await conn.scalar(select(guide_.c.version).filter_by(id=guide_id)) or 0)

    async def acts(self, offer: Offer) -> None:
        """The button is there, and something comes of its press: a form, a message, a link, a change of the guide."""
        who, story = "tom" if offer.name == "accepted" else "mei", self._story
        guide_id = await self.stands(who, offer)
        version, known = 0, set()

        async def shown() -> bool:
            nonlocal version, known
            messages = (await story.screen(who))["dm"]
            version, known = await self.version(guide_id), {each["ts"] for each in messages}
            return any(offer.label in str(each["buttons"]) for each in messages)

        await story.waits(shown, f"{offer} is shown", who)
        answered = await story.tries("click", who=who, label=offer.label, confirm=True)
        assert answered["ok"], (offer, answered)

        async def came() -> str | None:
            seen = await story.screen(who)
            said = [each["plain"] for each in seen["dm"] if each["ts"] not in known]
            changed = await self.version(guide_id) > version
            return str(answered.get("url") or seen["modal"] or said or (changed and "changed") or "")

        found = await story.waits(came, f"something comes of {offer}", who)
        assert not any(words in found for words in REFUSALS), (offer, found)
        if (await story.screen(who))["modal"]:
            assert (await story.tries("close", who=who))["ok"]


@asynccontextmanager
async def trying(folder: Path) -> AsyncIterator[Trier]:
    """A bot whose guide has a route for everything that is taken."""
    written(folder, TAKEN)
    with fresh("sqlite", folder) as url:
        settings = {"GUIDE_DIR": str(folder)}
        async with told(url, "http", settings) as story, httpx.AsyncClient(trust_env=False) as http:
            db = Database(url)
            story.is_watched = False  # guides of all kinds lie beside each other here
            await story.types("mei", "/sharge status")
            await story.is_let_in("tom")
            yield Trier(story, Forger(story, http), db)
            await db.close()


async def test_every_press_that_is_taken_acts(tmp_path: Path) -> None:
    """All names at all kinds of step, by the person whose guide it is."""
    async with trying(tmp_path) as trier:
        for offer in TAKEN:
            await trier.acts(offer)
