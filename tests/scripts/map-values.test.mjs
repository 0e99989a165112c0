// Steps of lightness, density, scale and which scene has which layers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { STEPS, boundsOf, scaleLength, stepOf } from "../../dashboard/assets/modules/map-classes.mjs";
import { density } from "../../dashboard/assets/modules/map-density.mjs";
import { LAYERS, layersOf, namesOf } from "../../dashboard/assets/modules/map-scenes.mjs";

test("five steps hold as many areas each, between bounds as they are printed", () => {
  const numbers = [82.9, 83.4, 84.4, 85.1, 85.2, 85.8, 86.2, 86.7, 87.2, 87.4], bounds = boundsOf(numbers, 1);
  assert.equal(bounds.length, STEPS + 1);
  assert.deepEqual([bounds[0], bounds.at(-1)], [82.9, 87.4]);
  const steps = numbers.map((number) => stepOf(number, bounds, 1));
  assert.deepEqual(steps, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
});

test("a number is in the step whose printed bounds hold it, and more is never a lower step", () => {
  let seed = 11;
  const chance = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648; };
  for (let round = 0; round < 300; round += 1) {
    const decimals = round % 2, numbers = Array.from({ length: 1 + Math.floor(40 * chance()) }, () => Number((100 * chance() ** 3).toFixed(decimals)));
    const bounds = boundsOf(numbers, decimals), sorted = [...numbers].sort((a, b) => a - b);
    assert.ok(bounds.slice(0, -1).every((bound, at) => at === 0 || bound > bounds[at - 1]), String(bounds));
    assert.equal(bounds.length - 1, Math.min(STEPS, new Set(numbers).size));
    const steps = sorted.map((number) => stepOf(number, bounds, decimals));
    assert.ok(steps.every((step, at) => step >= 1 && step <= STEPS && (at === 0 || step >= steps[at - 1])));
  }
});

test("areas that are all alike have one step, two numbers have the outer two, none have no bounds", () => {
  assert.deepEqual(boundsOf([7, 7, 7], 0), [7, 7]);
  assert.equal(stepOf(7, [7, 7], 0), 3);
  const two = boundsOf([1, 9, 9], 0);
  assert.deepEqual([stepOf(1, two, 0), stepOf(9, two, 0)], [1, 5]);
  assert.deepEqual(boundsOf([], 1), []);
});

test("the scale is the longest round length that fits", () => {
  assert.deepEqual([scaleLength(10, 180), scaleLength(2.9, 180), scaleLength(77, 180), scaleLength(0.6, 180)], [1000, 500, 10000, 100]);
});

test("the surface holds every report once and is highest where they came from", () => {
  const { surface, peak } = density([{ x: 30, y: 20, count: 5 }, { x: 60, y: 40, count: 2 }], 100, 80, 9);
  assert.ok(Math.abs(surface.reduce((sum, each) => sum + each, 0) - 7) < 1e-3);
  assert.equal(surface[20 * 100 + 30], peak);
  assert.equal(surface[20 * 100 + 40], 0);
});

test("without reports the surface is flat", () => assert.equal(density([], 10, 10, 5).peak, 0));

test("each scene has its layers, and a playlist's words go before", () => {
  assert.equal(namesOf(layersOf("overview")), "trail marks");
  assert.equal(namesOf(layersOf("analysis", null)), "choropleth heat");
  assert.equal(namesOf(layersOf("command", {})), "marks target");
  assert.deepEqual(layersOf("forces"), LAYERS.forces);
  assert.deepEqual(layersOf("analysis", { metric: "return_rate", period: "quarter" }), { ...LAYERS.analysis, choropleth: "return_rate", period: "quarter" });
  assert.deepEqual(layersOf("overview", { map: "heat, choropleth" }), { heat: true, choropleth: "reported", period: "week" });
  assert.deepEqual(layersOf("overview", { map: ["marks"], metric: "closed" }), { marks: true, choropleth: "closed", period: "week" });
  assert.deepEqual(layersOf("analysis", null, "village"), { ...LAYERS.analysis, choropleth: "reported" });
  assert.equal(LAYERS.analysis.choropleth, "on_time_rate");
  assert.deepEqual(layersOf("flow"), LAYERS.overview);
});
