// The clock's place in the page, with a worker and a pen that write down what they are told.
import assert from "node:assert/strict";
import { test } from "node:test";

const observers = [], workers = [], style = { fontWeight: "500", fontSize: "42px", fontFamily: "Noto", color: "white" };
class Observer {
  constructor(action) { observers.push(this); this.action = action; }
  observe(element) { this.element = element; }
  disconnect() { this.element = null; }
}
class Canvas {
  append(said) { this.said = said; }
  addEventListener() {}
  transferControlToOffscreen() { return { of: this }; }
  getContext() { return { scale() {}, clearRect() {}, measureText: () => ({ width: 20 }), fillText: (sign) => { this.drawn = sign + (this.drawn ?? ""); } }; }
}
class Worker {
  constructor(address) { workers.push(this); Object.assign(this, { address: String(address), told: [] }); }
  postMessage(message, passed) { this.told.push(message); if (passed) this.passed = passed; }
  terminate() { this.isOver = true; }
}
Object.assign(globalThis, {
  ResizeObserver: Observer, MutationObserver: Observer, devicePixelRatio: 2, HTMLCanvasElement: Canvas, Worker, getComputedStyle: () => style,
  document: { documentElement: {}, createTextNode: (data) => ({ data }), createElement: () => new Canvas() },
});
globalThis.window = globalThis;
const { DEAF_MS, Face } = await import("../../dashboard/assets/modules/clock-face.mjs");
const AT = Date.parse("2025-03-04T09:29:00+08:00");

function faced() {
  const place = { clientWidth: 187, clientHeight: 42, replaceChildren(canvas) { place.canvas = canvas; } };
  const face = new Face(place, "Asia/Shanghai"), [sizes, themes] = observers.slice(-2);
  return { place, face, sizes, themes, worker: workers.at(-1) };
}

test("a worker draws it and lets it go on, and the page says it as well", () => {
  const { place, face, sizes, themes, worker } = faced();
  assert.match(worker.address, /clock-worker\.mjs$/);
  assert.deepEqual([worker.passed[0].of, worker.told[0].zone, sizes.element], [place.canvas, "Asia/Shanghai", place.canvas]);
  sizes.action();
  assert.deepEqual(worker.told.at(-1), { does: "fit", what: { width: 187, height: 42, ratio: 2, font: "500 42px Noto", colour: "white" } });
  style.color = "black";
  themes.action();
  assert.equal(worker.told.at(-1).what.colour, "black");
  face.show(AT, true);
  const { does, what } = worker.told.at(-1);
  assert.ok(does === "run" && Math.abs(what - (AT - Date.now())) < 1000, "told by a clock that both have");
  assert.equal(place.canvas.said.data, "09:29:00");
  face.show(AT + 5_000, false);
  assert.deepEqual([worker.told.at(-1), place.canvas.said.data], [{ does: "show", what: AT + 5_000 }, "09:29:05"]);
  face.leave();
  assert.deepEqual([worker.isOver, sizes.element, themes.element], [true, null, null]);
});

test("a worker that answers nothing for long is given up, and one that answers is not", () => {
  const real = performance.now, { place, face, sizes, worker } = faced(), first = place.canvas;
  let at = 1_000_000;
  performance.now = () => at;
  try {
    face.show(AT, true);
    at += DEAF_MS;
    worker.onmessage();
    face.show(AT + 5_000, true);
    at += DEAF_MS;
    face.show(AT + 13_000, true);
    assert.ok(place.canvas === first && !worker.isOver, "it may have been busy");
    at += 1;
    face.show(AT + 13_001, false);
    assert.ok(place.canvas !== first && worker.isOver);
    sizes.action();
    assert.equal(place.canvas.drawn, "09:29:13");
  } finally {
    performance.now = real;
    face.leave();
  }
});

test("where no worker can be had, the page draws it: the time that was to be shown too", () => {
  const { place, face, sizes, worker } = faced(), first = place.canvas;
  face.show(AT, false);
  worker.onerror();
  assert.ok(worker.isOver && place.canvas !== first && sizes.element === place.canvas);
  sizes.action();
  assert.deepEqual([place.canvas.drawn, place.canvas.said.data], ["09:29:00", "09:29:00"]);
  delete Canvas.prototype.transferControlToOffscreen;
  const before = workers.length, old = faced();
  assert.equal(workers.length, before);
  old.face.show(AT, false);
  old.sizes.action();
  assert.equal(old.place.canvas.drawn, "09:29:00");
});
