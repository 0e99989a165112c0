// The drawn clock, with a pen that writes down what it draws and a world whose time is set.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Hand, LEASE_MS, speller } from "../../dashboard/assets/modules/clock-hand.mjs";

const ZONE = "Asia/Shanghai", AT = Date.parse("2025-03-04T09:29:00+08:00");
const HOW = { width: 187, height: 42, ratio: 2, font: "500 42px Noto", colour: "white" };

function drawing() {
  const drawn = [], WIDTHS = { ":": 10, 1: 18 };
  const pen = {
    scale() {}, clearRect() { drawn.length = 0; }, fillText: (sign, x, y) => drawn.push([sign, x, y]),
    measureText: (sign) => ({ width: WIDTHS[sign] ?? 23 }),
  };
  const world = { at: 500, ahead: 77_000, waiting: null, machine: () => world.at + world.ahead, steady: () => world.at, later: (action, ms) => { world.waiting = [action, world.at + ms]; return action; }, never: (timer) => { if (world.waiting?.[0] === timer) world.waiting = null; } };
  // Lets time go on, and what is due happen when it is.
  world.go = (ms) => {
    const until = world.at + ms;
    while (world.waiting && world.waiting[1] <= until) { const [action, at] = world.waiting; Object.assign(world, { at, waiting: null }); action(); }
    world.at = until;
  };
  const canvas = { addEventListener: (name, action) => { canvas[name] = action; }, getContext: () => pen };
  const hand = new Hand(canvas, ZONE, world), at = () => Object.fromEntries(drawn.map(([, x], place) => [place, x]));
  return { hand, pen, canvas, world, drawn, at, words: () => drawn.map(([sign]) => sign).reverse().join("") };
}

test("an instant is spelt by the clock of a zone, minute after minute", () => {
  const spell = speller(ZONE);
  assert.deepEqual([AT, AT + 59_999, AT + 60_000, AT - 1].map(spell), ["09:29:00", "09:29:59", "09:30:00", "09:28:59"]);
});

test("a time is drawn once its place is known, and no figure moves when another changes", () => {
  const { hand, canvas, at, words, drawn } = drawing();
  hand.show(AT);
  assert.deepEqual(drawn, [], "nobody knows how large yet");
  hand.fit(HOW);
  assert.deepEqual([words(), canvas.width, canvas.height], ["09:29:00", 374, 84]);
  const before = at();
  hand.show(AT + 6_731_000);
  assert.equal(words(), "11:21:11");
  assert.deepEqual(at(), before);
  assert.equal(Math.min(...drawn.map(([, x]) => x)) - 23 / 2, 187 - 6 * 23 - 2 * 10, "it fills its place from the right");
});

test("it goes on by itself when the second changes, and stands once nobody has said so for long", () => {
  const { hand, world, words } = drawing();
  hand.fit(HOW);
  hand.run(AT + 250 - world.machine()); // a quarter of a second into the minute
  assert.equal(words(), "09:29:00");
  world.go(749);
  assert.equal(words(), "09:29:00");
  world.go(4);
  assert.equal(words(), "09:29:01");
  world.go(5_000);
  assert.equal(words(), "09:29:06");
  world.ahead += 3_600_000; // somebody sets the machine's clock
  world.go(1);
  assert.equal(words(), "09:29:06");
  hand.run(AT + 7_004 - world.machine()); // the server's was set by a second, and it is said anew
  assert.equal(words(), "09:29:07");
  world.go(LEASE_MS - 1_000);
  assert.notEqual(world.waiting, null);
  world.go(60_000);
  const last = words();
  assert.equal(world.waiting, null, "a page that hangs has a clock that hangs");
  assert.equal(last, "09:29:20");
});

test("an instant that is shown stands, also where it went on before", () => {
  const { hand, world, words } = drawing();
  hand.fit(HOW);
  hand.run(AT - world.machine());
  hand.show(AT + 3_000);
  world.go(10_000);
  assert.equal(words(), "09:29:03");
});

test("a page of another size or theme has it drawn anew, and so has a pen that was lost", () => {
  const { hand, pen, canvas, words } = drawing();
  hand.show(AT);
  canvas.contextrestored(); // before anybody knows how large
  hand.fit(HOW);
  hand.fit({ ...HOW, width: 100, colour: "black" });
  assert.deepEqual([pen.fillStyle, canvas.width, words()], ["black", 200, "09:29:00"]);
  pen.fillStyle = "";
  canvas.contextrestored();
  assert.equal(pen.fillStyle, "black");
});
