"""Files by Slack's own client: three steps up, what is known, and down again."""

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground
from tests.waiting import eventually

from ..conftest import Connect, Start
from .samples import form, plain

CONTENT = b"a\r\n--b\r\n\x00\xff\r\n"


async def test_an_upload_from_its_announcement_to_its_end(
    playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient
) -> None:
    """The file stands in a message, can be looked up and fetched with a token, and goes when it is deleted."""
    done = await web.files_upload_v2(
        filename="列表.txt", content=CONTENT, title="List", channel="C0GENERAL", initial_comment="here it is"
    )
    file = (await web.files_info(file=done["file"]["id"]))["file"]
    assert (file["title"], file["mimetype"], file["size"]) == ("List", "text/plain", len(CONTENT))
    assert (file["channels"], file["ims"], file["is_public"]) == (["C0GENERAL"], [], True)
    [message] = (await web.conversations_history(channel="C0GENERAL"))["messages"]
    assert (message["text"], message["files"][0]["id"], message["subtype"]) == (
        "here it is",
        file["id"],
        "file_share",
    )
    shown = (await human.get("screen", params={"who": "mei"})).json()["channels"]["general"][-1]
    assert (shown["plain"], shown["files"][0]["name"]) == ("here it is\nList", "列表.txt")

    async with httpx.AsyncClient(trust_env=False) as http:
        headers = {"Authorization": f"Bearer {playground.main_app.bot_token}"}
        fetched = await http.get(file["url_private_download"], headers=headers)
        assert (fetched.status_code, fetched.content) == (200, CONTENT)
        assert (await http.get(file["url_private_download"])).status_code == 302, "to the sign-in page"
    await web.files_delete(file=file["id"])
    with pytest.raises(SlackApiError, match="file_not_found"):
        await web.files_info(file=file["id"])


async def test_a_form_is_taken_apart_byte_by_byte(playground: Playground, web: AsyncWebClient) -> None:
    """Some clients send the bytes as a multipart form."""
    step = await web.files_getUploadURLExternal(filename="x.bin", length=len(CONTENT))
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(step["upload_url"], files={"filename": ("x.bin", CONTENT)})
        assert (answer.status_code, answer.text) == (200, f"OK - {len(CONTENT)}")
        assert (await http.post(step["upload_url"], content=CONTENT)).status_code == 404, "an address is for one file"
    assert playground.workspace.files[step["file_id"]].content == CONTENT


async def test_uploads_that_slack_refuses(playground: Playground, web: AsyncWebClient) -> None:
    """A wrong length, a file that never came, a channel that the app isn't in."""
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await web.files_getUploadURLExternal(filename="x", length=0)
    step = await web.files_getUploadURLExternal(filename="x", length=5)
    async with httpx.AsyncClient(trust_env=False) as http:
        short = await http.post(step["upload_url"], content=b"12")
        assert (short.status_code, short.text) == (400, "announced 5 bytes, got 2")
    with pytest.raises(SlackApiError, match="file_not_found"):
        await web.files_completeUploadExternal(files=[{"id": step["file_id"], "title": "x"}])
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await web.files_upload_v2(filename="x", content="1", channel="C0RANDOM")
    assert not playground.workspace.messages


async def test_scopes_of_files(start: Start) -> None:
    """Reading and writing are asked for apart."""
    playground = await start()
    app = playground.main_app
    app.scopes = {"chat:write"}
    web = AsyncWebClient(app.bot_token, base_url=f"{playground.url}api/")
    with pytest.raises(SlackApiError, match="files:write"):
        await web.files_getUploadURLExternal(filename="x", length=1)
    with pytest.raises(SlackApiError, match="files:read"):
        await web.files_info(file="F1")


async def test_a_file_in_a_form(
    playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient, connect: Connect
) -> None:
    """The app gets the file in the state and fetches it; too many or too large ones don't leave the client."""
    got: list[bytes] = []

    def listeners(app: object) -> None:
        @app.view("form")  # type: ignore[attr-defined, untyped-decorator]
        async def _(ack: object, view: dict[str, object]) -> None:
            [file] = view["state"]["values"]["doc"]["value"]["files"]  # type: ignore[index]
            async with httpx.AsyncClient(trust_env=False) as http:
                headers = {"Authorization": f"Bearer {playground.main_app.bot_token}"}
                got.append((await http.get(file["url_private_download"], headers=headers)).content)
            await ack()  # type: ignore[operator]

    await connect(playground, "socket", listeners)
    element = {"type": "file_input", "action_id": "value", "max_files": 1}
    view = form(blocks=[{"type": "input", "block_id": "doc", "label": plain("Document"), "element": element}])
    await web.views_open(trigger_id=playground.workspace.triggers.issue(playground.main_app.id, "U0MEI"), view=view)
    one = {"name": "a.txt", "content": "Grüße"}
    for files, words in (
        ([], "请填写此项"),
        ([one, one], "最多放 1 个文件"),
        ([one | {"content": "x" * 10_000_001}], "10 MB"),
    ):
        answer = await human.post("submit", json={"who": "mei", "fields": {"Document": files}})
        assert words in answer.json()["errors"]["Document"]
    odd = (await human.post("submit", json={"who": "mei", "fields": {"Document": ["a.txt"]}})).json()
    assert odd["error"].startswith("files are given as")
    assert (await human.post("submit", json={"who": "mei", "fields": {"Document": [one]}})).json()["ok"]

    async def fetched() -> bool:
        return got == ["Grüße".encode()]

    await eventually(fetched)


async def test_files_in_a_message_that_somebody_writes(
    playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient
) -> None:
    """Text, bytes, or several; without a word too. What is no file is refused in words."""
    both = [{"name": "a.txt", "content": "Grüße"}, {"name": "b.png", "base64": "iVBORw=="}]
    assert "ts" in (await human.post("say", json={"who": "mei", "text": "", "files": both})).json()
    [shown] = (await human.get("screen", params={"who": "mei"})).json()["dm"]
    assert [(file["name"], file["size"]) for file in shown["files"]] == [("a.txt", 7), ("b.png", 4)]
    told = playground.workspace.deliveries[-1].payload["event"]
    assert (told["subtype"], told["channel_type"], "blocks" in told) == ("file_share", "im", False)
    assert (await web.files_info(file=told["files"][1]["id"]))["file"]["filetype"] == "png"
    for wrong in ([{"name": "a"}], [{"name": "a", "base64": "?"}], [{"content": "x"}], ["a"], [{"name": 1}]):
        answer = (await human.post("say", json={"who": "mei", "text": "x", "files": wrong})).json()
        assert answer["error"].startswith("files are given as"), wrong
    assert (await human.post("say", json={"who": "mei", "text": " "})).json()["error"] == (
        "an empty message can't be sent"
    )
