"""Agent: what is told about an agent on Coze before there is a row about it: its address, or how to make it."""

import re
from dataclasses import dataclass

from .errors import InvalidFields, Problem

NAME, DESCRIPTION, PERSONA, OPENING, QUESTION, QUESTIONS = 20, 500, 3000, 300, 50, 5
"""The longest texts, in characters, and the most questions: Coze's own limits (coze.cn/open/docs, create_bot), but
for the persona, which a Slack form can't take longer than that."""

_ADDRESS = re.compile(r"/space/(?P<space>[0-9]{1,24})/bot/(?P<agent>[0-9]{1,24})(?![0-9])")
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


def read_address(address: str, name: str) -> Address:
    """From the address of the agent's page, `…/space/{space}/bot/{id}`. Raises InvalidFields."""
    found, name = _ADDRESS.search(address), name.strip()
    problems = [] if found else [Problem("guide.address", "not_agent")]
    problems += _length("guide.name", name, NAME, required=True)
    if problems or not found:
        raise InvalidFields(problems)
    return Address(found["agent"], found["space"], name)


def find_page(text: str) -> tuple[str, str] | None:
    """The ids of the workspace and the agent, where the text holds the address of an agent's page."""
    found = _ADDRESS.search(text)
    return (found["space"], found["agent"]) if found else None


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
