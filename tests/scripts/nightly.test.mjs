// The nightly reload: when it is due, and how it is done.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Nightly, SPREAD_MINUTES, WINDOW_MINUTES, isDue, nightOf } from "../../dashboard/assets/modules/nightly.mjs";

const ZONE = "Asia/Shanghai";
const at = (words) => Date.parse(`${words}:00+08:00`);
const facts = (now, more = {}) =>
  ({ now: at(now), openedAt: at("2026-11-20T08:00"), zone: ZONE, hour: "03:40", jitter: 0, isLive: true, isInterrupted: false, lastNight: null, ...more });

test("it is due within the hour after the city's time, in the county's time, and at no other", () => {
  const due = (time) => isDue(facts(`2026-11-24T${time}`));
  assert.deepEqual(["03:39", "03:40", "04:39", "04:40", "15:40", "00:00"].map(due), [false, true, true, false, false, false]);
});

test("each screen has a minute of its own", () => {
  assert.equal(isDue(facts("2026-11-24T03:49", { jitter: 0.5 })), false);
  assert.equal(isDue(facts("2026-11-24T03:50", { jitter: 0.5 })), true);
  assert.ok(SPREAD_MINUTES < WINDOW_MINUTES);
});

test("never while the server is away, never while something interrupts, never where the city says so", () => {
  assert.equal(isDue(facts("2026-11-24T03:45")), true);
  for (const more of [{ isLive: false }, { isInterrupted: true }, { hour: "" }]) assert.equal(isDue(facts("2026-11-24T03:45", more)), false);
});

test("never twice in one night: not by what was remembered, nor for a page that was opened since", () => {
  assert.equal(isDue(facts("2026-11-24T04:10", { lastNight: "2026-11-24" })), false);
  assert.equal(isDue(facts("2026-11-25T04:10", { lastNight: "2026-11-24" })), true);
  assert.equal(isDue(facts("2026-11-24T04:10", { openedAt: at("2026-11-24T03:40") })), false);
  assert.equal(isDue(facts("2026-11-24T04:10", { openedAt: at("2026-11-24T03:30") })), true);
});

test("a night that begins before midnight is one night", () => {
  assert.deepEqual(nightOf(at("2026-11-25T00:20"), ZONE, "23:50"), { past: 30, night: "2026-11-24" });
  assert.equal(isDue(facts("2026-11-25T00:20", { hour: "23:50", lastNight: "2026-11-24" })), false);
});

function page({ isThere = true, meanwhile = () => {} } = {}) {
  const seen = { now: at("2026-11-23T12:00"), isLive: true, isInterrupted: false, night: null, asked: 0, done: [] };
  const world = {
    facts: () => ({ now: seen.now, isLive: seen.isLive, isInterrupted: seen.isInterrupted }),
    recall: () => seen.night,
    remember: (night) => { seen.night = night; },
    isServerThere: async () => { seen.asked += 1; meanwhile(seen); return isThere; },
    cover: async () => seen.done.push("cover"),
    reload: () => seen.done.push("reload"),
  };
  return { seen, nightly: new Nightly(world, ZONE, "03:40", 0) };
}

test("the page is asked for first, covered, then loaded anew, once", async () => {
  const { seen, nightly } = page();
  await nightly.check();
  assert.deepEqual([seen.asked, seen.done], [0, []]);
  seen.now = at("2026-11-24T03:41");
  await Promise.all([nightly.check(), nightly.check()]);
  await nightly.check();
  assert.deepEqual([seen.asked, seen.done, seen.night], [1, ["cover", "reload"], "2026-11-24"]);
});

test("a server that does not answer, or an incident that comes just then, leaves the page as it is", async () => {
  for (const made of [page({ isThere: false }), page({ meanwhile: (seen) => { seen.isInterrupted = true; } }), page({ meanwhile: (seen) => { seen.isLive = false; } })]) {
    made.seen.now = at("2026-11-24T03:41");
    await made.nightly.check();
    assert.deepEqual([made.seen.asked, made.seen.done, made.seen.night], [1, [], null]);
  }
});
