// Coze's own Node client, unmodified, signs in: the same as ../py/sign_in.py, line by line.
import { createInterface } from "node:readline";
import * as coze from "@coze/api";

const tell = (what) => console.log(JSON.stringify(what));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const line = async () => (await lines.next()).value;

// The client's own clock between two polls, told and shortened.
function hurry(waits) {
  const real = globalThis.setTimeout;
  globalThis.setTimeout = (done, ms, ...more) => {
    const polls = [5, 10, 15].includes(ms / 1000);
    if (polls) tell({ waits: ms / 1000 });
    return real(done, polls ? 1000 * (waits.shift() ?? ms / 1000) : ms, ...more);
  };
}

const refused = async (what, call) => {
  try {
    await call();
  } catch (error) {
    tell({ refused: what, words: String(error.rawError?.error_description ?? error) });
  }
};

async function renewed(token, clientId) {
  const base = { baseURL: facts.base_url, clientId };
  const fresh = await coze.refreshOAuthToken({ ...base, refreshToken: token.refresh_token });
  const me = [];
  for (const { access_token } of [token, fresh])
    me.push((await new coze.CozeAPI({ token: access_token, baseURL: facts.base_url }).users.me()).user_id);
  tell({ me });
  tell({ lives: token.expires_in - Date.now() / 1000 });
  await refused("refresh", () => coze.refreshOAuthToken({ ...base, refreshToken: token.refresh_token }));
}

async function device() {
  const base = { baseURL: facts.base_url, clientId: facts.sign_in.client_id };
  const code = await coze.getDeviceCode({ ...base, workspaceId: facts.workspace_id });
  tell({ user_code: code.user_code, url: code.verification_uri, interval: code.interval, expires_in: code.expires_in });
  await renewed(await coze.getDeviceToken({ ...base, deviceCode: code.device_code, poll: true }), base.clientId);
  await refused("used", () => coze.getDeviceToken({ ...base, deviceCode: code.device_code }));
}

async function pkce() {
  const { client_id: clientId, redirect_url: redirectUrl } = facts.sign_in.pkce;
  const base = { baseURL: facts.base_url, clientId, redirectUrl };
  const { url, codeVerifier } = await coze.getPKCEAuthenticationUrl(base);
  tell({ url });
  const code = await line();
  await refused("verifier", () => coze.getPKCEOAuthToken({ ...base, code, codeVerifier: "another" }));
  await renewed(await coze.getPKCEOAuthToken({ ...base, code, codeVerifier }), clientId);
}

const facts = JSON.parse(await line());
hurry(facts.waits);
try {
  await { device, pkce }[facts.flow]();
} catch (error) {
  const word = error.rawError?.error;
  if (Object.values(coze.PKCEAuthErrorType).includes(word)) tell({ ends: word });
  else tell({ fails: String(error.rawError?.error_description ?? error) });
}
process.exit(0);
