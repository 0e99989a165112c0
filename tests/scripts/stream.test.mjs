// What the worker said before the page stood is heard once, in order, when whoever subscribes has the link in hand.
import assert from "node:assert/strict";
import { test } from "node:test";

const listeners = [], workers = [];
class Port {
  constructor() { Object.assign(this, { onmessage: null, sent: [] }); }
  postMessage(message) { this.sent.push(message); }
  close() {}
  say(...messages) { messages.forEach((data) => this.onmessage?.({ data })); }
}
globalThis.SharedWorker = class { constructor() { this.port = new Port(); workers.push(this); } };
globalThis.window = globalThis;
globalThis.location = { pathname: "/wall", search: "", reload() {} };
globalThis.addEventListener = (name) => listeners.push(name);
globalThis.removeEventListener = () => {};
globalThis.fetch = async (address) => ({ ok: true, json: async () => (address === "/now" ? { now: 5, ahead: 0 } : { last: 7, incidents: [] }) });

const { begin } = await import("../../dashboard/assets/modules/opening.mjs");
const { subscribe } = await import("../../dashboard/assets/modules/stream.mjs");
const turn = () => new Promise((resume) => setTimeout(resume, 5));
const change = (id) => ({ kind: "change", id, content: { kind: "incident", incident: null, id } });

function subscribed() {
  const heard = [], link = { current: null };
  const told = (kind) => (content) => heard.push([kind, content?.id ?? content?.link ?? "", link.current !== null]);
  link.current = subscribe("330483", { onState: told("state"), onChange: told("change"), onHeartbeat: told("heartbeat"), onStatus: told("status"), onScene: told("scene") });
  return { heard, link };
}

test("what was said early is heard once, before what is said later, with the link in hand; another link hears none of it", async () => {
  begin(location, { area: "330483", level: "county" });
  await turn();
  assert.equal(workers.length, 1);
  const { port } = workers[0];
  assert.deepEqual(port.sent, [{ kind: "join", last: 7 }]);
  port.say({ kind: "status", link: "live" }, change(8), { kind: "scene", content: {} });
  const first = subscribed();
  await turn();
  port.say(change(9));
  assert.deepEqual(first.heard, [["status", "live", true], ["scene", "", true], ["state", "", true], ["change", 8, true], ["change", 9, true]]);
  first.link.current.leave();
  const second = subscribed();
  await turn();
  assert.equal(workers.length, 2);
  assert.deepEqual(second.heard, [["state", "", true]]);
  second.link.current.leave();
});
