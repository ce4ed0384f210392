"""Copying an agent: at once within its space, by a task into another one of the same enterprise."""

from ..world.coze import Bot, CopyTask, Json, Workspace
from ..world.faults import CozeFault
from . import errors
from .api import Call, Operation

LOOKS = 2  # answers "in progress" so often
TO_MAKE = "Workspace.createBot"


def start(call: Call) -> Json:
    """POST /v1/entities/copy_tasks: needs a second permission, for the workspace that it goes to."""
    if TO_MAKE not in call.token.permissions:
        raise errors.missing_permission(TO_MAKE)
    if call.text("entity_type") != "bot":
        raise errors.bad_parameter("entity_type", "can only be bot here")
    bot = call.bot(call.text("entity_id"))
    source = call.state.workspaces[bot.workspace_id]
    wanted = call.text("to_workspace_id", default="") or source.id
    if wanted == source.id:
        return {"copied_entity_id": _copied(call, bot, source).id}
    target = call.workspace(wanted)
    if not source.enterprise_id or source.enterprise_id != target.enterprise_id:
        raise errors.bad_parameter("to_workspace_id", "must be a workspace of the same enterprise")
    failed = "" if not call.struck(CozeFault.COPY_FAILED) else "The workflow it uses can't be copied."
    task = CopyTask(call.state.new_id(), bot.id, target.id, call.token.user_id, failed)
    if not failed:
        task.copied_id = call.state.new_id()
    call.state.copy_tasks[task.id] = task
    return {"task_id": task.id}


def look(call: Call) -> Json:
    """GET /v1/entities/copy_tasks/:task_id: of one's own."""
    task = call.state.copy_tasks.get(call.path["task_id"])
    if task is None or task.user_id != call.token.user_id:
        raise errors.not_found(f"task_id={call.path['task_id']}")
    task.seen += 1
    bot = call.state.bots.get(task.bot_id)
    if task.seen <= LOOKS:
        return _task(task, "in_progress")
    if task.failed_reason or bot is None:
        reason = {"entity_id": task.bot_id, "entity_name": bot.name if bot else "", "entity_type": "bot"}
        return {**_task(task, "failed"), "failed_reasons": [{**reason, "failed_reason": task.failed_reason}]}
    if task.copied_id not in call.state.bots:
        _copied(call, bot, call.state.workspaces[task.workspace_id], task.copied_id)
    return _task(task, "successful")


def _copied(call: Call, bot: Bot, space: Workspace, bot_id: str = "") -> Bot:
    """A draft of the caller's."""
    copy = call.state.add_bot(bot.name, space, call.token.user_id, bot_id=bot_id)
    copy.description, copy.details = bot.description, dict(bot.details)
    return copy


def _task(task: CopyTask, status: str) -> Json:
    return {
        "task_id": task.id,
        "entity_type": "bot",
        "task_status": status,
        "source_entity_id": task.bot_id,
        "target_entity_id": task.copied_id if status == "successful" else "",
        "target_workspace_id": task.workspace_id,
    }


OPERATIONS = [
    Operation("POST", "/v1/entities/copy_tasks", "Bot.duplicate", start),
    Operation("GET", "/v1/entities/copy_tasks/{task_id}", None, look),
]
