"""Traces: what people do, the jobs that follow and the calls out are spans, and none of them says who or what."""

import asyncio
import json
import re
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import traces
from tests.databases import fresh
from tests.processes import PATIENCE, POLL, Bot, playground
from tests.serving import serving
from tests.stories.story import told

SAID = re.compile(r"[a-zA-Z]\w*")  # a word of ours


def held(span: ReadableSpan) -> str:
    """All that it tells."""
    events = [(event.name, dict(event.attributes or {})) for event in span.events]
    return json.dumps([span.name, dict(span.attributes or {}), events, span.status.description])


async def test_a_join_is_told_in_spans_without_names_ids_and_tokens(tmp_path: Path) -> None:
    """From the command to the invitation; calls belong to the delivery or the job that made them."""
    memory = InMemorySpanExporter()
    with fresh("sqlite", tmp_path) as url, traces.collected(memory):
        async with told(url) as story:
            await story.is_let_in("mei")
            await story.goes_wrong("coze", "html_502", times=1)
            await story.types("mei", "/sharge status")
            hidden = {*story.coze["users"].values(), *story.coze["pats"].values(), story.coze["owner_token"]}
            hidden |= {*story.ready["slack"]["users"].values(), *story.ready["slack"]["channels"].values()}
            hidden |= {story.ready["env"]["SLACK_BOT_TOKEN"], story.coze["workspace_id"], "念天气", "T0PLAYGROUND"}
    spans = memory.get_finished_spans()
    names = {span.name for span in spans}
    assert {"delivery command", "delivery form", "delivery press", "job draw", "job invite"} <= names
    assert {"slack chat.postMessage", "slack views.open", "coze POST /v1/workspaces/:id/members"} <= names
    by_id = {span.context.span_id: span for span in spans if span.context}
    parents = {(span.name.split()[0], by_id[span.parent.span_id].name) for span in spans if span.parent}
    assert ("slack", "job draw") in parents
    assert ("coze", "job invite") in parents
    for span in spans:
        assert not [each for each in hidden if each in held(span)], held(span)
        assert set(span.attributes or {}) <= {"outcome", "attempt", "error.type"}
        assert all(isinstance(each, int) or SAID.fullmatch(str(each)) for each in (span.attributes or {}).values())


async def test_a_process_sends_them_to_a_collector_and_does_not_mind_when_it_is_gone(tmp_path: Path) -> None:
    """By OTLP over HTTP; what is open at the end of the process is sent too."""
    taken: list[str] = []

    async def collect(request: Request) -> Response:
        sent = ExportTraceServiceRequest.FromString(await request.body())
        taken.extend(span.name for each in sent.resource_spans for scope in each.scope_spans for span in scope.spans)
        return Response(status_code=200 if len(taken) < 1000 else 503)

    collector = Starlette(routes=[Route("/v1/traces", collect, methods=["POST"])])
    async with serving(collector) as address, playground(tmp_path) as ready:
        env = {**ready["env"], "DATABASE_URL": "sqlite:///x.db", "OTEL_EXPORTER_OTLP_ENDPOINT": address}
        async with Bot(tmp_path, env).running():
            pass
        async with asyncio.timeout(PATIENCE):
            while "slack auth.test" not in taken:  # noqa: ASYNC110
                await asyncio.sleep(POLL)
        bot = Bot(tmp_path, {**env, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
        async with bot.running():
            pass
    assert bot.log.count("traces can't be sent") == 1
    assert "Traceback" not in bot.log
