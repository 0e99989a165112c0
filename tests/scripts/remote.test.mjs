// What a remote knows and what it sends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Remote, incidentsOf, standing } from "../../dashboard/assets/modules/remote-model.mjs";
import { OLD_MS } from "../../dashboard/assets/modules/scenes.mjs";

const INTERRUPTION = { incident: 7, group: null, queue: [8], count: 1, waiting: 1 };
const state = (area, change = {}) => ({ screen: "default", area, now: 0, scene: "flow", held: false, pinned: null, interruption: null, incidents: {}, ...change });

function desk() {
  const clock = { time: 1000 }, remote = new Remote(() => clock.time);
  remote.hear(state("1"));
  remote.hear(state("2"));
  return { remote, clock };
}

test("the first wall that is heard is the one directed", () => {
  const { remote } = desk();
  assert.deepEqual(remote.command("hold", { name: "Li" }), { screen: "default", area: "1", command: "hold", name: "Li" });
  remote.chosen = "default 2";
  assert.deepEqual(remote.command("choose", { scene: "forces" }), { screen: "default", area: "2", command: "choose", scene: "forces" });
});

test("all walls are directed by one command", () => {
  const { remote } = desk();
  remote.isAll = true;
  assert.deepEqual(remote.command("skip"), { screen: "*", area: "*", command: "skip" });
});

test("an acknowledgement names the incident and goes to the wall that shows it", () => {
  const { remote } = desk();
  assert.equal(remote.command("acknowledge", { name: "Li" }), null);
  remote.hear(state("2", { interruption: INTERRUPTION }));
  assert.deepEqual(remote.command("acknowledge", { name: "Li" }), { screen: "default", area: "2", command: "acknowledge", incident: 7, name: "Li" });
  remote.hear(state("1", { interruption: { ...INTERRUPTION, incident: 9 } }));
  assert.equal(remote.command("acknowledge").incident, 9);
});

test("a state that says nothing new is not drawn again", () => {
  const { remote } = desk();
  assert.equal(remote.hear(state("1", { now: 5 })), false);
  assert.equal(remote.hear(state("1", { now: 6, held: true })), true);
  assert.equal(remote.clock(), 6);
});

test("a wall that has fallen silent is left out and another one directed", () => {
  const { remote, clock } = desk();
  clock.time += OLD_MS;
  remote.hear(state("2"));
  clock.time += 1;
  assert.equal(remote.tidy(), true);
  assert.deepEqual([remote.states().map(({ area }) => area), remote.chosen, remote.tidy()], [["2"], "default 2", false]);
});

test("an interruption is said before a pin and a pin before a hold", () => {
  assert.deepEqual([{}, { held: true }, { held: true, pinned: "flow" }, { pinned: "flow", interruption: INTERRUPTION }].map((each) => standing(state("1", each))), ["turning", "held", "pinned", "interrupted"]);
});

test("of a list those incidents are shown whose words are known", () => {
  const incidents = { 7: { id: 7 }, 8: { id: 8 } };
  assert.deepEqual(incidentsOf(state("1", { interruption: { ...INTERRUPTION, group: [7, 9] }, incidents })).map(({ id }) => id), [7, 8]);
});
