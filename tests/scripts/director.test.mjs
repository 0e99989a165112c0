// A wall's side of the director: what it is told is shown once, in order, and nothing jumps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Director, left, share } from "../../dashboard/assets/modules/director.mjs";
import { Chime } from "../../dashboard/assets/modules/sound.mjs";

const BASE = { screen: "default", area: "330483", now: 0, scene: "overview", scene_area: null, filters: {}, entered: 0, until: 40000, left: null, dwell: 40000, next_entry: { scene: "flow", scene_area: null, filters: {} }, interruption: null, incidents: {}, sound: false };
const INTERRUPTION = { incident: 7, since: 1000, until: 46000, group: null, queue: [], waiting: 0, count: 1, acknowledged: null };

function wall() {
  const seen = [], shares = [], clock = { time: 0 };
  const director = new Director({
    onScene: (state) => seen.push(state.scene),
    onInterrupt: (state, isNew) => seen.push(`${isNew ? "interrupt" : "change"} ${state.interruption.incident}`),
    onResume: () => seen.push("resume"),
    onProgress: (progress) => shares.push(progress),
    onPrepare: (next) => seen.push(`prepare ${next.scene}`),
    onSound: () => seen.push("sound"),
  }, () => clock.time);
  const receive = (change) => director.receive({ ...BASE, ...change });
  return { director, receive, seen, shares, clock };
}

test("a scene is shown once however often it is said", () => {
  const { receive, seen } = wall();
  receive({ now: 1 });
  receive({ now: 2 });
  receive({ now: 3, scene: "flow" });
  assert.deepEqual(seen, ["overview", "flow"]);
});

test("the same scene with another area or other filters is another", () => {
  const { receive, seen } = wall();
  receive({ now: 1 });
  receive({ now: 2, scene_area: "330483100" });
  receive({ now: 3, scene_area: "330483100", filters: { urgency: ["urgent"] } });
  assert.equal(seen.length, 3);
});

test("an interruption is shown once, told again when it changes, and the scene comes back after it", () => {
  const { receive, seen } = wall();
  receive({ now: 1 });
  receive({ now: 1000, interruption: INTERRUPTION });
  receive({ now: 1100, interruption: INTERRUPTION });
  receive({ now: 1200, interruption: { ...INTERRUPTION, queue: [8], waiting: 1 } });
  receive({ now: 1300, interruption: { ...INTERRUPTION, queue: [8], waiting: 1 }, incidents: { 7: { version: 2 } } });
  receive({ now: 46000, interruption: { ...INTERRUPTION, incident: 8, since: 46000 } });
  receive({ now: 91000 });
  assert.deepEqual(seen, ["overview", "interrupt 7", "change 7", "change 7", "interrupt 8", "resume", "overview"]);
});

test("an interruption sounds once, and only where the wall may", () => {
  const { receive, seen } = wall();
  receive({ now: 1000, interruption: INTERRUPTION, sound: true });
  receive({ now: 1200, interruption: { ...INTERRUPTION, waiting: 1 }, sound: true });
  assert.deepEqual(seen, ["interrupt 7", "sound", "change 7"]);
  const quiet = wall();
  quiet.receive({ now: 1000, interruption: INTERRUPTION });
  assert.deepEqual(quiet.seen, ["interrupt 7"]);
});

test("an answer that was overtaken is not shown", () => {
  const { receive, seen } = wall();
  receive({ now: 5, scene: "flow" });
  receive({ now: 4 });
  assert.deepEqual(seen, ["flow"]);
  receive({ now: -3600000 }); // another clock
  assert.deepEqual(seen, ["flow", "overview"]);
});

test("the next scene is made ready once, five seconds before it is shown", () => {
  const { director, receive, seen, clock } = wall();
  receive({ now: 1 });
  clock.time = 34999;
  director.tick();
  assert.deepEqual(seen, ["overview"]);
  clock.time = 35000;
  director.tick();
  director.tick();
  assert.deepEqual(seen, ["overview", "prepare flow"]);
});

test("the progress runs with the dwell and stands while the scene is held or interrupted", () => {
  const { director, receive, shares, clock } = wall();
  receive({ now: 1 });
  clock.time = 10000;
  director.tick();
  receive({ now: 10000, until: null, left: 30000 });
  receive({ now: 10001, interruption: INTERRUPTION, until: null, left: 30000 });
  director.tick();
  assert.deepEqual(shares, [0, 0.25, null, null]);
  assert.equal(share({ ...BASE }, 999999), 1);
});

test("what is left is that of the interruption while there is one", () => {
  assert.equal(left({ ...BASE }, 10000), 30000);
  assert.equal(left({ ...BASE, until: null, left: 5000 }, 10000), 5000);
  assert.equal(left({ ...BASE, interruption: INTERRUPTION, until: null, left: 5000 }, 10000), 36000);
});

function audio(state, resume = async () => {}) {
  const voices = [];
  const gain = () => ({ gain: { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (next) => next });
  const context = { state, currentTime: 0, destination: {}, resume, createGain: gain,
    createOscillator() { const voice = { frequency: {}, connect: (next) => next, start: (at) => voices.push([voice.frequency.value, at]), stop() {} }; return voice; } };
  return { context, voices };
}

test("two tones sound where sound is allowed", async () => {
  const { context, voices } = audio("running");
  assert.equal(await new Chime(() => context).play(), true);
  assert.deepEqual(voices, [[660, 0], [880, 0.22]]);
});

test("where sound is refused, missing or broken the wall stays silent without an error", async () => {
  const never = audio("suspended", () => new Promise(() => {}));
  assert.equal(await new Chime(() => never.context).play(), false);
  const refused = audio("suspended", () => Promise.reject(new Error("not allowed")));
  assert.equal(await new Chime(() => refused.context).play(), false);
  assert.equal(await new Chime(() => { throw new Error("no device"); }).play(), false);
  assert.deepEqual([...never.voices, ...refused.voices], []);
});
