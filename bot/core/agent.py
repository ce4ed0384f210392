"""Agent: what is told about an agent on Coze before there is a row about it: its address, or how to make it."""

import re
from dataclasses import dataclass

from .errors import InvalidFields, Problem

NAME, DESCRIPTION, PERSONA, OPENING, QUESTION, QUESTIONS = 20, 500, 3000, 300, 50, 5
"""The longest texts, in characters, and the most questions: Coze's own limits (coze.cn/open/docs, create_bot), but
for the persona, which a Slack form can't take longer than that."""

SITES = ("coze.cn", "coze.com")
"""Coze's two sites, in China and elsewhere, which share neither accounts nor agents."""

_ADDRESS = re.compile(
    r"(?:(?<![\w.-])(?i:https?://)?(?i:(?:www|code)\.)?(?P<site>(?i:coze\.(?:cn|com)))|(?<!\S))"
    r"/(?:space|w)/(?P<space>[0-9]{1,24})(?:/[\w.~%-]{1,64}){0,5}?/bot/(?P<agent>[0-9]{1,24})(?![\w-])",
    re.ASCII,
)
"""An agent's page, as www.coze.cn and code.coze.cn have shown it in 2026, or its path alone. The number behind /w/ is
the workspace's own, as behind /space/."""

_SPACE_ID = re.compile(r"[0-9]{1,24}")
_APP_ID = re.compile(r"[0-9]{6,24}")
_FINGERPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
_POSSIBLE = re.compile(r"[A-Za-z0-9_.:-]{1,63}|[0-9A-Fa-f:]{64,95}")
"""What may be a fingerprint of another shape, up to SHA-256 in hex with colons. Lines of a key's text, which are 64
signs long or hold + and /, are none, and nothing in it means anything to the scripts that it is put into."""


@dataclass(frozen=True)
class Address:
    """Where an agent lives on Coze, and what people call it; `workspace` is its space's name where that is known."""

    agent_id: str
    workspace_id: str
    name: str
    workspace: str = ""


@dataclass(frozen=True)
class Page:
    """The page of an agent on Coze: which of SITES it is on, empty where the text has its path alone."""

    site: str
    workspace_id: str
    agent_id: str

    def site_is(self, site: str) -> bool:
        """Whether it may be on that one."""
        return self.site in ("", site)


@dataclass(frozen=True)
class Space:
    """A workspace on Coze, and what people call it."""

    id: str
    name: str


@dataclass(frozen=True)
class Draft:
    """An agent to be made."""

    name: str
    description: str
    persona: str
    opening: str
    questions: tuple[str, ...]


def read_address(address: str, name: str, site: str = SITES[0]) -> Address:
    """From the address of the agent's page on this site of Coze, `…/space/{space}/bot/{id}`. Raises InvalidFields."""
    page, name = find_page(address), name.strip()
    problems = [] if page else [Problem("guide.address", "not_agent")]
    if page and not page.site_is(site):
        problems = [Problem("guide.address", "other_site", {"other": page.site, "ours": site})]
    problems += _length("guide.name", name, NAME, required=True)
    if problems or not page:
        raise InvalidFields(problems)
    return Address(page.agent_id, page.workspace_id, name)


def find_page(text: str) -> Page | None:
    """The page of an agent, where the text holds the address of one: alone, in a sentence, as Slack writes links."""
    found = _ADDRESS.search(text)
    return Page((found["site"] or "").lower(), found["space"], found["agent"]) if found else None


def site_of(host: str) -> str:
    """Which of SITES belongs to this host of Coze's API; a playground's counts as China's."""
    return next((site for site in SITES if host.endswith(f".{site}")), SITES[0])


def read_space(workspace_id: str, name: str) -> Space:
    """The workspace that was chosen. Raises InvalidFields for what is no choice of ours."""
    if not _SPACE_ID.fullmatch(workspace_id):
        raise InvalidFields([Problem("guide.space", "empty")])
    return Space(workspace_id, name)


def read_draft(name: str, description: str, persona: str, opening: str, questions: str) -> Draft:
    """The form's values, trimmed; one question a line. Raises InvalidFields naming each that can't be accepted."""
    asked = tuple(line.strip() for line in questions.splitlines() if line.strip())
    draft = Draft(name.strip(), description.strip(), persona.strip(), opening.strip(), asked)
    problems = [
        *_length("guide.name", draft.name, NAME, required=True),
        *_length("guide.description", draft.description, DESCRIPTION),
        *_length("guide.persona", draft.persona, PERSONA, required=True),
        *_length("guide.opening", draft.opening, OPENING),
    ]
    if len(asked) > QUESTIONS:
        problems.append(Problem("guide.questions", "too_many", {"most": QUESTIONS}))
    elif any(len(question) > QUESTION for question in asked):
        problems.append(Problem("guide.questions", "over_limit", {"longest": QUESTION}))
    if problems:
        raise InvalidFields(problems)
    return draft


def read_ids(app_id: str, kid: str) -> tuple[str, str]:
    """An OAuth app's id and its key's fingerprint, without blanks. Raises InvalidFields; repeats no key text.

    A fingerprint that only looks unusual is taken: see `is_usual`.
    """
    fields = (("guide.app_id", app_id), ("guide.kid", kid))
    if keys := [Problem(where, "key_text") for where, value in fields if _is_key_text(value)]:
        raise InvalidFields(keys)
    app_id, joined = "".join(app_id.split()), "".join(kid.split())
    kid = joined if is_usual(joined) else kid.strip()
    problems = [] if _APP_ID.fullmatch(app_id) else [Problem("guide.app_id", "not_digits")]
    problems += [] if _POSSIBLE.fullmatch(kid) else [Problem("guide.kid", "not_kid")]
    if problems:
        raise InvalidFields(problems)
    return app_id, kid


def is_usual(kid: str) -> bool:
    """Whether it has the shape of Coze's fingerprints so far. Another one may be right; Coze alone can tell."""
    return _FINGERPRINT.fullmatch(kid) is not None


def _is_key_text(value: str) -> bool:
    return "-----" in value or "PRIVATE" in value or len(value) > 200


def _length(where: str, text: str, longest: int, *, required: bool = False) -> list[Problem]:
    if required and not text:
        return [Problem(where, "empty")]
    return [Problem(where, "over_limit", {"longest": longest})] if len(text) > longest else []
