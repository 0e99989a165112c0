// States of walls on their way to a page: kept for who joins late, asked for when nothing is heard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ASK_MS, Asker, OLD_MS, SILENT_MS, Scenes } from "../../dashboard/assets/modules/scenes.mjs";
import { Link } from "../../dashboard/assets/modules/stream-core.mjs";
import { Page } from "../../dashboard/assets/modules/stream-page.mjs";

const said = (area, scene) => ({ kind: "scene", content: { screen: "default", area, scene } });

test("a page that joins late gets the newest state of each wall, and none that has fallen silent", () => {
  let time = 0;
  const scenes = new Scenes(() => time);
  scenes.keep(said("1", "overview"));
  scenes.keep(said("2", "flow"));
  scenes.keep({ kind: "change", id: 1 });
  time = OLD_MS;
  scenes.keep(said("1", "forces"));
  assert.deepEqual(scenes.all().map(({ content }) => content.scene), ["forces", "flow"]);
  time += 1;
  assert.deepEqual(scenes.all().map(({ content }) => content.scene), ["forces"]);
});

test("the link tells scenes at once and they move no number", () => {
  const told = [], source = { listeners: {}, addEventListener(name, action) { source.listeners[name] = action; }, close() {} };
  const link = new Link({ open: () => source, now: () => 0, later() {}, tell: (message) => told.push(message) });
  link.start(5);
  source.listeners.scene({ data: JSON.stringify({ scene: "flow" }) });
  assert.deepEqual([told.at(-1), link.last], [{ kind: "scene", content: { scene: "flow" } }, 5]);
});

test("a page hands scenes on even before its first state, to who wants them", () => {
  const seen = [], handlers = { onState() {}, onChange() {}, onHeartbeat() {}, onStatus() {} };
  const world = { read: () => new Promise(() => {}), join() {}, later() {} };
  new Page("1", { ...handlers, onScene: (state) => seen.push(state.scene) }, world).receive(said("1", "flow"));
  new Page("1", handlers, world).receive(said("1", "flow"));
  assert.deepEqual(seen, ["flow"]);
});

test("a wall asks at once, then only when it hears nothing, and often enough to be kept", async () => {
  let time = 0, answer = { scene: "flow" };
  const asked = [], told = [];
  const asker = new Asker({ now: () => time, ask: async () => { asked.push(time); return answer; } }, (state) => told.push(state));
  await asker.check();
  time = SILENT_MS;
  await asker.check();
  assert.deepEqual([asked, told], [[0], [{ scene: "flow" }]]);
  answer = null; // the server is away
  for (time = SILENT_MS + 1; time < SILENT_MS + 10001; time += 1000) await asker.check();
  assert.deepEqual(asked.slice(1), [SILENT_MS + 1, SILENT_MS + 3001, SILENT_MS + 6001, SILENT_MS + 9001]);
  answer = { scene: "forces" };
  for (const end = time + ASK_MS; time < end; time += 1000) { asker.hear(); await asker.check(); }
  assert.equal(asked.length, 6);
  assert.equal(told.length, 2);
});
