import assert from "node:assert/strict";
import { test } from "node:test";
import { PLANS } from "../../dashboard/assets/modules/scene-plans.mjs";
import { ROWS, arrange, shapeOf, snapped } from "../../dashboard/assets/modules/scene-layout.mjs";

const SIZES = [[1280, 720], [1920, 1080], [3840, 2160], [5760, 2160], [7680, 2160], [1080, 1920]];

test("each size has a layout of its own shape", () => {
  assert.deepEqual(SIZES.map((size) => shapeOf(...size)), ["landscape", "landscape", "landscape", "ultra", "super", "portrait"]);
});

test("the tiles of a scene fill the stage and never lie over each other", () => {
  for (const scene of Object.keys(PLANS)) for (const size of SIZES) for (const seams of [{}, { columns: [1 / 3, 2 / 3], rows: [0.5] }, { columns: [0.5] }]) {
    const { columns, tiles } = arrange(scene, ...size, seams);
    assert.ok(Math.abs(columns.reduce((sum, share) => sum + share, 0) - 1) < 1e-9, `${scene} ${size}`);
    for (let column = 1; column <= columns.length; column += 1) {
      const stack = Object.values(tiles).filter(([own]) => own === column).sort((a, b) => a[1] - b[1]);
      assert.equal(stack[0][1], 1);
      assert.equal(stack.at(-1)[2], ROWS + 1);
      stack.slice(1).forEach(([, row], place) => assert.equal(row, stack[place][2]));
    }
  }
});

test("a seam takes the nearest line between tiles", () => {
  assert.deepEqual(snapped([0, 0.27, 0.72, 1], [1 / 3, 2 / 3]), [0, 1 / 3, 2 / 3, 1]);
  assert.deepEqual(snapped([0, 0.6, 1], [0.5]), [0, 0.5, 1]);
  assert.deepEqual(snapped([0, 0.3, 1], []), [0, 0.3, 1]);
});

test("two halves of a wall have a line on the seam between them, whatever the scene", () => {
  for (const scene of Object.keys(PLANS)) {
    const { columns } = arrange(scene, 3840, 2160, { columns: [0.5] });
    const edges = columns.map((_, place) => columns.slice(0, place + 1).reduce((sum, share) => sum + share, 0));
    assert.ok(edges.some((edge) => Math.abs(edge - 0.5) < 1e-9), scene);
  }
});
