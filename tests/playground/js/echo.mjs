// A small app with Bolt for JavaScript, unmodified. Reads its settings as one line of JSON from standard input:
// {api_url, bot_token, app_token, signing_secret, transport}. Prints {"port": …} when it listens, and ends when its
// standard input does.
import { createInterface } from "node:readline";
import bolt from "@slack/bolt";

const { App, LogLevel } = bolt;
const lines = createInterface({ input: process.stdin });
const settings = JSON.parse(await new Promise((resolve) => lines.once("line", resolve)));
lines.once("close", () => process.exit(0));

const app = new App({
  token: settings.bot_token,
  appToken: settings.app_token,
  signingSecret: settings.signing_secret,
  socketMode: settings.transport === "socket",
  clientOptions: { slackApiUrl: settings.api_url },
  logLevel: LogLevel.ERROR,
});

app.command("/node", async ({ command, ack }) => {
  const button = { type: "button", action_id: "again", value: command.text, text: { type: "plain_text", text: "Again" } };
  await ack({ text: `you said ${command.text}`, blocks: [
    { type: "section", text: { type: "mrkdwn", text: `you said *${command.text}*` } },
    { type: "actions", elements: [button] },
  ] });
});

app.action("again", async ({ ack, body, action, client }) => {
  await ack();
  const element = { type: "plain_text_input", action_id: "value" };
  await client.views.open({ trigger_id: body.trigger_id, view: {
    type: "modal", callback_id: "form", private_metadata: action.value,
    title: { type: "plain_text", text: "A form" }, submit: { type: "plain_text", text: "Send" },
    blocks: [{ type: "input", block_id: "name", label: { type: "plain_text", text: "Name" }, element }],
  } });
});

app.view("form", async ({ ack, view, body, client }) => {
  const name = view.state.values.name.value.value;
  if (name === "no") {
    await ack({ response_action: "errors", errors: { name: "not that" } });
    return;
  }
  await ack();
  await client.chat.postMessage({ channel: body.user.id, text: `${view.private_metadata} for ${name}` });
});

app.event("app_mention", async ({ event, say }) => say({ text: `heard <@${event.user}>`, thread_ts: event.ts }));
app.event("app_home_opened", async ({ event, client }) => {
  const text = { type: "plain_text", text: "Home by Node" };
  await client.views.publish({ user_id: event.user, view: { type: "home", blocks: [{ type: "header", text }] } });
});

if (settings.transport === "socket") {
  await app.start();
  console.log(JSON.stringify({ port: null }));
} else {
  const server = await app.start({ port: 0, host: "127.0.0.1" });
  console.log(JSON.stringify({ port: server.address().port }));
}
