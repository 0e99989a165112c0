// A page's view of the stream, with a server that answers when told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Page, belongs } from "../../dashboard/assets/modules/stream-page.mjs";

const settled = () => new Promise((resume) => setImmediate(resume));

function rehearsal(area = "330483") {
  const seen = { shown: [], joined: [], readings: [], put_off: [] };
  const handlers = {
    onState: (state) => seen.shown.push(`state ${state.last}`),
    onChange: (change) => seen.shown.push(change.id),
    onHeartbeat: ({ now }) => seen.shown.push(`now ${now}`),
    onStatus: ({ link }) => seen.shown.push(link),
  };
  const page = new Page(area, handlers, {
    read: () => new Promise((answer) => seen.readings.push(answer)),
    join: (last) => seen.joined.push(last),
    later: (action) => seen.put_off.push(action),
  });
  const answer = async (last) => { seen.readings.shift()({ last }); await settled(); };
  const pause = () => seen.put_off.splice(0).forEach((action) => action());
  return { page, seen, answer, pause };
}

const change = (id, incident = { county: "330483" }, kind = "incident") => ({ kind: "change", id, content: { kind, id, incident } });

test("a page shows the state, then joins after it", async () => {
  const { page, seen, answer } = rehearsal();
  page.load();
  await answer(10);
  [11, 12].forEach((id) => page.receive(change(id)));
  assert.deepEqual([seen.shown, seen.joined], [["state 10", 11, 12], [10]]);
});

test("what arrives while the state is read is shown after it, once and in order", async () => {
  const { page, seen, answer, pause } = rehearsal();
  page.load();
  await answer(10);
  pause();
  page.receive({ kind: "reset" });
  [20, 21, 22].forEach((id) => page.receive(change(id)));
  await answer(20);
  [22, 23].forEach((id) => page.receive(change(id)));
  assert.deepEqual(seen.shown, ["state 10", "state 20", 21, 22, 23]);
});

test("resets in a row read the state once, and once more after a pause", async () => {
  const { page, seen, answer, pause } = rehearsal();
  page.load();
  for (let each = 0; each < 5; each += 1) page.receive({ kind: "reset" });
  await answer(10);
  page.receive({ kind: "reset" });
  assert.equal(seen.readings.length, 0);
  pause();
  assert.equal(seen.readings.length, 1);
  await answer(11);
  assert.deepEqual(seen.shown, ["state 10", "state 11"]);
});

test("a state older than what comes next is read again instead of leaving a hole", async () => {
  const { page, seen, answer, pause } = rehearsal();
  page.load();
  await answer(10);
  page.receive(change(15));
  pause();
  await answer(15);
  page.receive(change(16));
  assert.deepEqual(seen.shown, ["state 10", "state 15", 16]);
});

test("a change of the city itself reads the state anew", async () => {
  const { page, seen, answer, pause } = rehearsal();
  page.load();
  await answer(10);
  pause();
  page.receive(change(11, null, "city"));
  assert.equal(seen.readings.length, 1);
});

test("a page hears only its own area, and what concerns all", async () => {
  const { page, seen, answer } = rehearsal("330483100");
  page.load();
  await answer(0);
  page.receive(change(1, { county: "330483", township: "330483100" }));
  page.receive(change(2, { county: "330483", township: "330483101" }));
  page.receive(change(3, null, "progress"));
  page.receive(change(4, { county: "330483", township: "330483100", village: "330483100201" }));
  assert.deepEqual(seen.shown, ["state 0", 1, 3, 4]);
  assert.ok(!belongs("330483", { county: null, township: null, village: null, grid: null }));
});

test("heartbeats and the link's state come through even before the first state", () => {
  const { page, seen } = rehearsal();
  page.receive({ kind: "heartbeat", content: { now: 5 } });
  page.receive({ kind: "status", link: "reconnecting" });
  assert.deepEqual(seen.shown, ["now 5", "reconnecting"]);
});

test("a page that has left hears nothing more", async () => {
  const { page, seen, answer } = rehearsal();
  page.load();
  page.stop();
  await answer(10);
  page.receive(change(11));
  assert.deepEqual([seen.shown, seen.joined], [[], []]);
});

test("what is asked otherwise while the state is read is read again, and the old answer is not shown", async () => {
  const { page, seen, answer } = rehearsal();
  page.load();
  page.reload();
  await answer(10); // of the old question
  assert.deepEqual([seen.shown, seen.readings.length], [[], 1]);
  page.receive(change(11));
  await answer(11);
  assert.deepEqual(seen.shown, ["state 11"]);
});

test("what is asked otherwise in the pause after a reading is read at its end", async () => {
  const { page, seen, answer, pause } = rehearsal();
  page.load();
  await answer(10);
  page.reload();
  assert.equal(seen.readings.length, 0);
  pause();
  await answer(12);
  assert.deepEqual(seen.shown, ["state 10", "state 12"]);
});
