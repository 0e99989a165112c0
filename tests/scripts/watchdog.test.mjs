// The page's guard over its worker.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEAF_MS, MOST_TRIES, Watchdog } from "../../dashboard/assets/modules/watchdog.mjs";

function rehearsal({ isServerThere = true } = {}) {
  const seen = { time: 0, rejoined: 0, reloaded: 0 };
  const watchdog = new Watchdog({
    now: () => seen.time,
    rejoin: () => { seen.rejoined += 1; },
    isServerThere: async () => isServerThere,
    reload: () => { seen.reloaded += 1; },
  });
  const pass = async (milliseconds) => { seen.time += milliseconds; await watchdog.check(); };
  return { seen, watchdog, pass };
}

test("a worker that speaks is left alone", async () => {
  const { seen, watchdog, pass } = rehearsal();
  for (let each = 0; each < 100; each += 1) { await pass(DEAF_MS - 1); watchdog.hear(); }
  assert.deepEqual([seen.rejoined, seen.reloaded], [0, 0]);
});

test("a silent worker is asked for anew, and when it speaks again nothing was reloaded", async () => {
  const { seen, watchdog, pass } = rehearsal();
  for (let each = 0; each < MOST_TRIES; each += 1) await pass(DEAF_MS);
  watchdog.hear();
  await pass(DEAF_MS);
  assert.deepEqual([seen.rejoined, seen.reloaded], [MOST_TRIES + 1, 0]);
});

test("reloading is the last resort, after all tries and only when the server is there", async () => {
  for (const [isServerThere, reloaded] of [[true, 1], [false, 0]]) {
    const { seen, pass } = rehearsal({ isServerThere });
    for (let each = 0; each <= MOST_TRIES; each += 1) await pass(DEAF_MS);
    assert.deepEqual([seen.rejoined, seen.reloaded], [MOST_TRIES, reloaded]);
  }
});

test("a night asleep is one try, not a reload", async () => {
  const { seen, watchdog, pass } = rehearsal();
  await pass(10 * 3600 * 1000);
  watchdog.hear();
  await pass(1000);
  assert.deepEqual([seen.rejoined, seen.reloaded], [1, 0]);
});
