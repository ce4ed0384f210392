// Slack's own Node client, unmodified: messages, pages, files, errors.
// Reads {api_url, bot_token} from standard input and prints what it saw as JSON.
import { readFileSync } from "node:fs";
import { WebClient } from "@slack/web-api";

const { api_url: slackApiUrl, bot_token: token } = JSON.parse(readFileSync(0, "utf8"));
const web = new WebClient(token, { slackApiUrl, retryConfig: { retries: 0 } });
const refused = async (call) => {
  try {
    await call();
    return "";
  } catch (error) {
    return error.data?.error ?? String(error);
  }
};

const me = await web.auth.test();
const sent = await web.chat.postMessage({ channel: "C0GENERAL", text: "from Node", metadata: { event_type: "x", event_payload: { n: 1 } } });
await web.chat.update({ channel: "C0GENERAL", ts: sent.ts, text: "from Node, edited" });
const people = [];
for await (const page of web.paginate("users.list", { limit: 3 })) people.push(page.members.length);
const uploaded = await web.filesUploadV2({ channel_id: "C0GENERAL", filename: "n.txt", content: "hello from Node" });
const history = await web.conversations.history({ channel: "C0GENERAL", include_all_metadata: true });

console.log(
  JSON.stringify({
    me: me.user,
    people,
    texts: history.messages.map((message) => message.text),
    metadata: history.messages.at(-1).metadata?.event_payload?.n,
    file: uploaded.files[0].files[0].name,
    refused: [
      await refused(() => web.chat.postMessage({ channel: "C0NO", text: "x" })),
      await refused(() => new WebClient("xoxb-no", { slackApiUrl }).auth.test()),
      await refused(() => web.apiCall("no.such")),
    ],
  }),
);
