// What a worker passes on of the server's heartbeats.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Heartbeats, REST_MS } from "../../dashboard/assets/modules/heartbeats.mjs";
import { ALIVE_MS, DEAF_MS, watching } from "../../dashboard/assets/modules/watchdog.mjs";
import { Link, QUIET_MS } from "../../dashboard/assets/modules/stream-core.mjs";

const SECOND = 1000;
const beat = (received) => ({ now: 5, sources: [{ source: "wechat", received }] });

test("other sources are told at once, the same ones now and then", () => {
  const heartbeats = new Heartbeats(), told = [];
  for (let at = 0; at <= 12 * SECOND; at += SECOND) if (heartbeats.isNews(beat(at < 6 * SECOND ? 1 : 2), at)) told.push(at / SECOND);
  assert.equal(REST_MS, 4 * SECOND);
  assert.deepEqual(told, [0, 4, 6, 10]);
});

test("of another link the first is told, however soon it comes", () => {
  const heartbeats = new Heartbeats();
  assert.deepEqual([heartbeats.isNews(beat(1), 0), heartbeats.isNews(beat(1), SECOND)], [true, false]);
  heartbeats.restart();
  assert.deepEqual([heartbeats.isNews(beat(1), SECOND + 1), heartbeats.isNews(beat(1), SECOND + 2)], [true, false]);
});

test("a page hears of its worker before it takes it for dead, whether the server speaks or not", () => {
  assert.ok(REST_MS + SECOND < DEAF_MS);
  assert.ok(ALIVE_MS + QUIET_MS < DEAF_MS);
});

test("what goes with a look is done at each, until somebody ends it", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const link = new Link({ now: () => 0, tell() {} });
  let looks = 0;
  const end = watching(link, () => { looks += 1; });
  for (let second = 0; second < 60; second += 1) context.mock.timers.tick(SECOND);
  assert.ok(looks >= 60 / 3, `${looks} looks in a minute: none so late that a page would think its worker dead`);
  end();
  const before = looks;
  for (let second = 0; second < 60; second += 1) context.mock.timers.tick(SECOND);
  assert.equal(looks, before);
});
