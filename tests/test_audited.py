"""Nothing that is done goes without a line in the audit: routes, calls to Coze, and commands are walked through."""

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS
from bot.store.audit_standing import STANDING
from tests.audited import ROOT, Code, actions
from tests.databases import fresh
from tests.slack.routes import routes

DOCUMENT = (ROOT / "docs/audit.md").read_text()

SHOWS = """
command:check command:freeze command:history command:join command:queue command:remind command:start
press:backup.open press:credential.gone press:credential.keep
press:credential.keep_anew press:credential.keep_key press:credential.lifetime press:credential.not_a_token
press:credential.record press:guide.account press:guide.choose press:guide.ask_admin press:guide.file
press:guide.record press:guide.resume press:guide.route press:guide.start_more press:guide.paste
press:guide.publish press:guide.create press:guide.stuck press:guide.take press:guide.apply_and_try
press:guide.script press:guide.service press:guide.service_node press:guide.service_python
press:guide.service_shell press:guide.sign_node press:guide.sign_python press:guide.sign_shell press:guide.try
press:join.again press:join.answer press:join.decline press:join.edit press:join.fix press:join.mine
press:join.question press:join.read_uid press:join.show press:join.stuck press:owner.ends press:people.agents
press:people.delete press:people.settings press:publish.lift press:publish.pass press:publish.rejected
press:publish.take_off press:publish.try press:publish.unpublish press:queue.filter press:queue.page
press:remind.renew press:remind.ways press:report.answer press:report.ask press:report.picture
press:report.reply press:review.answer press:review.ask press:review.more press:review.reject
press:review.show press:signin.keep press:signin.resume press:talk.aside press:talk.edit press:thread.question
press:audit.page press:audit.search press:desk.open press:outside.list press:work.drop press:work.stuck
press:seats.enter press:stuck.places press:settings.edit press:settings.history press:settings.back
press:seat.list press:credential.edit command:settings
form:audit.search command:what~was~said
"""
"""They show something, or open a form that decides."""

LOOKS = """
press:calls.agents press:calls.ask press:calls.compare press:preflight.look press:publish.check
form:publish.try
"""
"""They ask Coze or Slack, and change nothing there."""

STEPS = """
press:guide.check press:guide.feedback press:guide.fix press:guide.glasses press:guide.insist press:guide.more
press:guide.next press:guide.silent press:guide.start press:guide.copy form:guide.agent form:guide.choose
form:guide.ids form:guide.record form:guide.route form:guide.publish form:guide.create
"""
"""Steps of a guide, which keeps what was learned; its checks write `agent.…` lines themselves (see below)."""

QUIET = {each.replace("~", " ") for each in re.split("[ \n]+", SHOWS + LOOKS + STEPS)}

CHANGES = {
    "invite": "join.",
    "remove": "join.",
    "publish": "publish.",
    "unpublish": "publish.unpublish",
    "settle_review": "review.",
    "create_bot": "agent.create",
    "copy_bot": "agent.copy",
}
"""What changes something on Coze, and the lines that tell of it."""

ASKS = {"ask", "bare"}
"""A question to an agent, and getting a token: a POST that changes nothing that is somebody's."""

COMMANDS_LEAVE = {
    "audit": "audit.export",
    "backup": "database.backup",
    "jobs": "job.",
    "person": "person.",
    "restore": "database.restore",
    "rotate-keys": "secret.rotate",
}
NOTHING = {"demo", "test", "run", "web", "worker", "migrate", "forecast", "labels", "playground", "manifest"}
NOTHING |= {"doctor", "init", "settings", "version"}
"""They run the bot, only read, or work before there is a database; `migrate` stands in `schema_version`."""


@pytest.fixture(scope="module")
def code() -> Code:
    """The bot's."""
    return Code()


async def test_every_route_leaves_a_line_or_says_why_not(code: Code, tmp_path: Path) -> None:
    """A form that may hold a secret leaves one in any case: the pipeline writes it."""
    with fresh("sqlite", tmp_path) as url:
        found = [each for each in await routes(url) if not each.reads and each.kind != "menu"]
    quiet = {
        f"{each.kind}:{each.name}"
        for each in found
        if not code.lines(code.method(qualified(each.handler))) and not each.secrets
    }
    told = {each.strip() for each in QUIET} - {""}
    secret = {f"form:{each.name}" for each in found if each.secrets}
    assert quiet - told == set(), "leaves no line: write one, or say here why not"
    assert told - quiet - secret == set(), "is listed here and leaves one, or is gone"
    [pipeline] = [action for path, action in all_actions() if path.name == "pipeline.py"]
    assert "secret.typed" in pipeline


def qualified(handler: Callable[..., object]) -> str:
    """The name of the method, where some of its arguments are given already too."""
    return str((handler.func if isinstance(handler, partial) else handler).__qualname__)


def test_every_call_that_changes_something_on_coze_leaves_a_line() -> None:
    """What is sent with POST, PUT or DELETE is known here, with the line that tells of it."""
    tree = ast.parse((ROOT / "bot/coze/client.py").read_text())
    changing = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and any(isinstance(part, ast.Constant) and part.value in ("POST", "PUT", "DELETE") for part in ast.walk(node))
    }
    hidden = {"publish", "create_bot", "copy_bot"}  # by a helper that tells whether the answer was clear
    assert changing | hidden == CHANGES.keys() | ASKS
    written = "".join(line for _, line in all_actions())
    for name, action in CHANGES.items():
        assert action in written, name


def test_every_command_that_changes_something_leaves_a_line() -> None:
    """A new command is listed here, or is said to change nothing."""
    assert COMMANDS_LEAVE.keys() | NOTHING == COMMANDS.keys()
    for action in COMMANDS_LEAVE.values():
        assert f"`{action}" in DOCUMENT, action


def all_actions() -> Iterator[tuple[Path, str]]:
    """Every line that the bot writes: the file, and the action as the code calls it."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        if "playground" not in path.parts:
            for action in actions(ast.parse(path.read_text())):
                yield path, action


def value(path: Path, action: str) -> str:
    """The action itself; of an f-string what comes before its first blank; "" for what only a caller knows."""
    if action.startswith("'"):
        return action.strip("'")
    if action.startswith("f'"):
        return action[2:].partition("{")[0]
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    names = re.split(r" if .* else ", action)
    return " ".join(str(eval(name, vars(module))) for name in names if name.split(".")[0] in vars(module))  # noqa: S307


def test_the_document_names_every_action() -> None:
    """And none that the bot does not write."""
    table = "".join(line for line in DOCUMENT.splitlines() if line.startswith("| "))
    told = set(re.findall(r"`([a-z_]+\.[a-z_…]+)`", table))
    found = {each for path, action in all_actions() for each in value(path, action).split()}
    exact = {each for each in found if not each.endswith(".")}
    assert exact - told == set()
    families = {each.removesuffix("…") for each in told if each.endswith("…")}
    assert {each for each in found if each.endswith(".")} <= families
    written = "\n".join(path.read_text() for path in sorted((ROOT / "bot").rglob("*.py")))
    for each in told - exact:
        assert each.endswith("…") or f'"{each}"' in written, each


def test_what_is_read_back_stays_beyond_its_days() -> None:
    """Retention would take away what the bot decides by."""
    asked = {"is_noted", "last", "since_when", "subjects"}
    found: set[str] = set()
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for part in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in asked):
                continue
            if isinstance(part.func.value, ast.Name) and part.func.value.id == "audit":
                for arg in part.args[1:]:
                    if isinstance(arg, ast.Name | ast.Constant):
                        found |= {each for each in value(path, ast.unparse(arg)).split() if "." in each}
    assert len(found) > 10
    assert found - STANDING == set()
