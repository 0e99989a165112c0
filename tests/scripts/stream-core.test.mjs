// The link to /events without a network: the world is a list of what was opened, told and put off.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Link, RETRY_MS, QUIET_MS, SILENCE_MS } from "../../dashboard/assets/modules/stream-core.mjs";

function rehearsal() {
  const world = { time: 1_000_000, sources: [], told: [], put_off: [] };
  world.link = new Link({
    now: () => world.time,
    later: (action, milliseconds) => world.put_off.push({ action, at: world.time + milliseconds }),
    tell: (message) => world.told.push(message),
    open(url) {
      const source = { url, listeners: {}, isClosed: false, close() { source.isClosed = true; }, addEventListener(name, action) { source.listeners[name] = action; } };
      world.sources.push(source);
      return source;
    },
  });
  world.pass = (milliseconds) => {
    world.time += milliseconds;
    world.put_off.splice(0).forEach((each) => (each.at <= world.time ? each.action() : world.put_off.push(each)));
    world.link.watch();
  };
  world.source = () => world.sources.at(-1);
  world.change = (id, source = world.source()) => source.listeners.change({ lastEventId: String(id), data: JSON.stringify({ kind: "incident", id }) });
  world.beat = () => world.source().listeners.heartbeat({ data: JSON.stringify({ now: world.time + 60_000, last: 0, sources: [] }) });
  world.ids = () => world.told.filter((message) => message.kind === "change").map((message) => message.id);
  world.links = () => world.told.filter((message) => message.kind === "status").map((message) => message.link);
  return world;
}

test("a link opens once however many pages ask, after the number the first one knows", () => {
  const world = rehearsal();
  world.link.start(41);
  world.link.start(50);
  assert.deepEqual(world.sources.map((source) => source.url), ["/events?last=41"]);
});

test("changes are told in order and none twice", () => {
  const world = rehearsal();
  world.link.start(0);
  [1, 2, 2, 1, 3].forEach((id) => world.change(id));
  assert.deepEqual(world.ids(), [1, 2, 3]);
});

test("a broken link opens again after its last number and says so once", () => {
  const world = rehearsal();
  world.link.start(0);
  world.source().onopen();
  world.change(1);
  const broken = world.source();
  broken.onerror();
  world.pass(RETRY_MS - 1);
  assert.equal(world.sources.length, 1);
  world.pass(1);
  assert.equal(world.source().url, "/events?last=1");
  world.source().onerror();
  world.pass(RETRY_MS);
  world.source().onopen();
  assert.ok(broken.isClosed);
  assert.deepEqual(world.links(), ["live", "reconnecting", "live"]);
});

test("what a closed link still says is not heard", () => {
  const world = rehearsal();
  world.link.start(0);
  const broken = world.source();
  broken.onerror();
  world.pass(RETRY_MS);
  world.change(1, broken);
  broken.onerror();
  assert.deepEqual(world.ids(), []);
  assert.equal(world.sources.length, 2);
});

test("a page that joins while the link waits does not open a second one", () => {
  const world = rehearsal();
  world.link.start(0);
  world.source().onerror();
  world.link.start(0);
  world.pass(RETRY_MS);
  assert.equal(world.sources.length, 2);
});

test("a silent link is said to be so within three seconds, since when it was last heard, and stays open", () => {
  const world = rehearsal();
  const openedAt = world.time;
  world.link.start(0);
  world.source().onopen();
  const heardAt = world.time;
  world.pass(QUIET_MS);
  assert.deepEqual(world.links(), ["live"]);
  world.pass(250);
  assert.deepEqual(world.told.at(-1), { kind: "status", link: "reconnecting", since: heardAt, opened: openedAt });
  assert.ok(QUIET_MS + 250 <= 3000);
  world.beat();
  assert.deepEqual(world.links(), ["live", "reconnecting", "live"]);
  assert.equal(world.sources.length, 1);
});

test("a link silent for fifteen seconds is closed and opened again, and each new one has its own fifteen seconds", () => {
  const world = rehearsal();
  world.link.start(7);
  world.source().onopen();
  for (let passed = 0; passed < SILENCE_MS; passed += 250) world.pass(250);
  assert.equal(world.sources.length, 1);
  world.pass(250);
  world.pass(RETRY_MS);
  assert.equal(world.sources.length, 2);
  for (let passed = 0; passed < SILENCE_MS; passed += 250) world.pass(250);
  assert.equal(world.sources.length, 2);
  world.pass(250);
  world.pass(RETRY_MS);
  assert.equal(world.sources.length, 3);
});

test("a reset forgets what was kept and tells every page", () => {
  const world = rehearsal();
  world.link.start(0);
  world.change(1);
  world.source().listeners.reset({ lastEventId: "9000" });
  world.change(9001);
  assert.deepEqual(world.told.map((message) => message.kind), ["status", "change", "reset", "change"]);
  assert.equal(world.link.missed(5), null);
});

test("a gap in the numbers asks for the whole state instead of going on", () => {
  const world = rehearsal();
  world.link.start(0);
  world.change(1);
  world.change(3);
  world.change(4);
  assert.deepEqual(world.told.slice(1).map((message) => message.id ?? message.kind), [1, "reset", 4]);
});

test("a page that joins late gets exactly what it missed", () => {
  const world = rehearsal();
  assert.deepEqual(world.link.missed(5), []);
  world.link.start(10);
  [11, 12, 13].forEach((id) => world.change(id));
  const ids = (last) => world.link.missed(last)?.map((message) => message.id);
  assert.deepEqual([ids(10), ids(12), ids(13), ids(20), ids(9)], [[11, 12, 13], [13], [], [], undefined]);
});

test("what is kept for late pages stays small, and who is older than that takes the state anew", () => {
  const world = rehearsal();
  world.link.start(0);
  for (let id = 1; id <= 10_000; id += 1) world.change(id);
  assert.ok(world.link.recent.length <= 2000);
  assert.equal(world.link.missed(100), null);
  assert.equal(world.link.missed(9_990).length, 10);
});

test("a kept heartbeat carries the server's clock on to the moment a page joins", () => {
  const world = rehearsal();
  world.link.start(0);
  world.beat();
  world.time += 800;
  assert.equal(world.link.heartbeatMessage().content.now, world.time + 60_000);
});

test("a link is looked at when it may have gone silent, hardly oftener than it speaks, and found out as soon as it has", () => {
  const world = rehearsal();
  world.link.start(0);
  world.source().onopen();
  let [looks, due, beats] = [0, world.time, 0];
  for (const end = world.time + 60_000; world.time < end; world.time += 10) {
    if (world.time < end - 10_000 && ++beats % 100 === 0) world.beat(); // one a second, then none
    if (world.time < due) continue;
    looks += 1;
    due = world.time + world.link.watch();
  }
  const silence = world.told.find((message) => message.link === "reconnecting");
  assert.ok(looks < 60, `${looks} looks in a minute`);
  assert.ok(silence, "silence is told");
  assert.equal(world.links().at(-1), "reconnecting");
});
