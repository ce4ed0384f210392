"""What a person sees now, as JSON for programs."""

from ..world.chat import Channel, Json, Message, Person, View
from ..world.workspace import Workspace
from .forms import Input, inputs, value_of
from .reading import Reading, labels


class Screen:
    """The view of one person on a workspace. `newest`: how many messages of each room at most, None for all."""

    def __init__(self, workspace: Workspace, person: Person, newest: int | None = None) -> None:
        self._workspace, self._person, self._newest = workspace, person, newest
        self._reading = Reading(workspace, person)

    def whole(self) -> Json:
        """Direct messages with the main app, channels by name, modals, Home and failures."""
        workspace, person = self._workspace, self._person
        main = workspace.main_app
        rooms = workspace.rooms(person.id)
        dms = {r.app_id: self._messages(r) for r in rooms if r.kind == "im" and r.app_id}
        modals = [self.view(view) for view in workspace.modals.get(person.id, [])]
        home = workspace.homes.get((main.id, person.id))
        return {
            "ok": True,
            "dm": dms.get(main.id, []),
            "dms": {workspace.apps[app].name: shown for app, shown in dms.items() if app in workspace.apps},
            "channels": {r.name: self._messages(r) for r in rooms if r.kind != "im"},
            "modal": modals[-1] if modals else None,
            "modals": modals,
            "home": self.view(home) if home else None,
            "toasts": [vars(toast) for toast in workspace.toasts if toast.user == person.id],
        }

    def _messages(self, channel: Channel) -> list[Json]:
        seen = self._workspace.conversation(channel.id).seen_by(self._person.id)
        return [self.message(message) for message in seen.all[-self._newest if self._newest else None :]]

    def message(self, message: Message) -> Json:
        """One message."""
        return {
            "ts": message.ts,
            "channel": message.channel,
            "user": message.user,
            "text": message.text,
            "blocks": message.blocks,
            "plain": self._reading.message(message),
            "buttons": labels(message.drawn),
            "files": [self._file(name) for name in message.files if name in self._workspace.files],
            "ephemeral": message.only_for is not None,
            "edited": message.edited,
            "thread_ts": message.thread_ts,
        }

    def _file(self, name: str) -> Json:
        file = self._workspace.files[name]
        return {"id": file.id, "name": file.name, "title": file.title, "size": len(file.content or b"")}

    def view(self, view: View) -> Json:
        """A modal or the Home tab: the payload with its text, buttons and inputs."""
        blocks = view.payload["blocks"]
        return {
            **view.payload,
            "plain": self._reading.view(view.payload),
            "buttons": labels(blocks),
            "inputs": [self._input(view, each) for each in inputs(blocks)],
            "busy": view.busy,
        }

    def _input(self, view: View, each: Input) -> Json:
        block_id, action_id = each.block["block_id"], each.element["action_id"]
        entry = view.payload["state"]["values"][block_id][action_id]
        return {
            "label": each.label,
            "block_id": block_id,
            "action_id": action_id,
            "type": each.element["type"],
            "value": value_of(entry),
            "optional": each.block.get("optional", False),
            "error": view.errors.get(block_id),
        }
