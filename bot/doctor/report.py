"""The report: what the real Slack and Coze answer beside the emulator's answers, and what of it is only assumed."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot import logs

from .assumptions import ASSUMPTIONS
from .probes import PROBES, Answer
from .shape import Shape

Answers = Mapping[str, Answer]
EMPTY = frozenset({"list, empty"})
ABOUT = """\
Each call of the bot's that only reads was sent once, to the real services and to the emulator, the playground. Keys
and types of the answers are told, no values. What differs has a ≠: the emulator or the code may have to change."""


def written(real: Answers, emulated: Answers, at: datetime) -> str:
    """The report as Markdown; `at` is real time."""
    lines = [f"# Answers of Slack and Coze, {at:%Y-%m-%d %H:%M} UTC", "", *ABOUT.splitlines(), ""]
    begins: dict[str, int] = {}
    for probe in PROBES:
        begins[probe.name] = len(lines) + 1
        lines += [*_call(probe.name, real[probe.name], emulated[probe.name]), ""]
    lines += ["## Assumptions", "", "| assumed | builds on it | shown by |", "|---|---|---|"]
    for each in ASSUMPTIONS:
        shown = f"line {begins[each.probe]}: {each.probe}" if each.probe else f"no call that only reads: {each.how}"
        lines.append(f"| {each.says} | `bot/{each.file}` | {shown} |")
    return str(logs.redact("\n".join(lines) + "\n"))


def _call(name: str, real: Answer, emulated: Answer) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    yield f"- real: {_head(real)}"
    yield f"- emulator: {_head(emulated)}"
    if not (real.shape or emulated.shape):
        return
    yield ""
    yield "| | path | real | emulator |"
    yield "|---|---|---|---|"
    for path in sorted({*real.shape, *emulated.shape}):
        differs = "≠" if _differ(real.shape, emulated.shape, path) else ""
        yield f"| {differs} | `{path}` | {_kinds(real.shape, path)} | {_kinds(emulated.shape, path)} |"


def _differ(real: Shape, emulated: Shape, path: str) -> bool:
    """What an empty list would hold nobody knows, nor what an answer that did not come has."""
    if not real or not emulated:
        return False
    lists = [path[:end] for end in range(len(path)) if path.startswith("[]", end)]
    if any(EMPTY in (real.get(each), emulated.get(each)) for each in lists):
        return False
    return _plain(real, path) != _plain(emulated, path)


def _plain(found: Shape, path: str) -> set[str]:
    return {kind.partition(",")[0] for kind in found.get(path, ())}


def _head(answer: Answer) -> str:
    if answer.why:
        return f"not asked, or nothing came: {answer.why}"
    refused = f", refused: {answer.code}" if answer.code else ""
    return f"HTTP {answer.status}{refused}; headers: {', '.join(answer.headers) or 'none of those that count'}"


def _kinds(found: Shape, path: str) -> str:
    return " or ".join(sorted(found.get(path, ()))) or "-"
