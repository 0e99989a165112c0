// The drawn clock, with a pen that writes down what it draws.
import assert from "node:assert/strict";
import { test } from "node:test";

const observers = [];
class Observer {
  constructor(action) { observers.push(this); this.action = action; }
  observe() { this.isOn = true; }
  disconnect() { this.isOn = false; }
}
Object.assign(globalThis, {
  ResizeObserver: Observer, MutationObserver: Observer, devicePixelRatio: 2, style: { fontWeight: "500", fontSize: "42px", fontFamily: "Noto", color: "white" },
  getComputedStyle: () => style, document: { documentElement: {}, createTextNode: (data) => ({ data }) },
});
const { Face } = await import("../../dashboard/assets/modules/clock-face.mjs");

function faced() {
  const drawn = [], WIDTHS = { ":": 10, 1: 18 };
  const pen = {
    scale() {}, clearRect() { drawn.length = 0; }, fillText: (sign, x, y) => drawn.push([sign, x, y]),
    measureText: (sign) => ({ width: WIDTHS[sign] ?? 23 }),
  };
  const canvas = { addEventListener: (name, action) => { canvas.restored = action; }, removeEventListener() { canvas.restored = null; }, clientWidth: 187, clientHeight: 42, getContext: () => pen, replaceChildren(said) { canvas.said = said; } };
  const face = new Face(canvas), at = () => Object.fromEntries(drawn.map(([, x], place) => [place, x]));
  return { face, pen, canvas, drawn, at, words: () => drawn.map(([sign]) => sign).reverse().join("") };
}

test("a time is drawn, and said where it is to be, and no figure moves when another changes", () => {
  const { face, canvas, at, words, drawn } = faced();
  face.show("09:29:00", true);
  assert.deepEqual(drawn, [], "nobody knows how large yet");
  face.fit();
  assert.deepEqual([words(), canvas.said.data, canvas.width, canvas.height], ["09:29:00", "09:29:00", 374, 84]);
  const before = at();
  face.show("11:11:11", false);
  assert.deepEqual([words(), canvas.said.data], ["11:11:11", "09:29:00"]);
  assert.deepEqual(at(), before);
  assert.equal(Math.min(...drawn.map(([, x]) => x)) - 23 / 2, 187 - 6 * 23 - 2 * 10, "it fills its place from the right");
});

test("a page of another size or theme has it drawn anew, until it is left", () => {
  const { face, pen, canvas, words } = faced();
  face.show("09:35:01", true);
  const [sizes, themes] = observers.slice(-2);
  sizes.action();
  assert.equal(pen.fillStyle, "white");
  style.color = "black";
  themes.action();
  assert.deepEqual([pen.fillStyle, words()], ["black", "09:35:01"]);
  pen.fillStyle = "";
  canvas.restored(); // the pen was lost
  assert.equal(pen.fillStyle, "black");
  face.leave();
  assert.deepEqual([sizes.isOn, themes.isOn, canvas.restored], [false, false, null]);
});
