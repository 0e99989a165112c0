// Where each tile of a scene stands: lines of a grid for the shape of the wall, moved so that none of the screens' seams runs through a tile's text. Pure.
import { PLANS } from "./scene-plans.mjs";

export const ROWS = 96;
const NEAREST = 0.09; // a line this near to a seam moves onto it

export function shapeOf(width, height) {
  const aspect = width / height;
  return aspect < 1.15 ? "portrait" : aspect < 2.2 ? "landscape" : aspect < 3.1 ? "ultra" : "super";
}

// `seams` are shares of the stage: { columns: [0.5], rows: [0.5] }. Gives { columns: shares, tiles: { name: [column, row, row after] } }.
export function arrange(scene, width, height, seams = {}) {
  const plan = PLANS[scene][shapeOf(width, height)];
  const edges = [0];
  plan.forEach(([share]) => edges.push(edges.at(-1) + share / 100));
  const across = snapped(edges, seams.columns ?? []);
  const tiles = {};
  plan.forEach(([, stack], column) => {
    const whole = stack.reduce((sum, [, share]) => sum + share, 0), lines = [0];
    stack.forEach(([, share]) => lines.push(lines.at(-1) + share / whole));
    const rows = snapped(lines, seams.rows ?? []).map((line) => Math.round(line * ROWS));
    stack.forEach(([name], place) => { tiles[name] = [column + 1, rows[place] + 1, rows[place + 1] + 1]; });
  });
  return { columns: across.slice(1).map((edge, place) => edge - across[place]), tiles };
}

// Inner lines moved onto the seams: each seam takes the nearest line that is free, wherever it is when there are fewer lines than that.
export function snapped(lines, seams) {
  const moved = [...lines], taken = new Set([0, lines.length - 1]);
  for (const seam of seams) {
    const free = moved.map((line, place) => [Math.abs(line - seam), place]).filter(([, place]) => !taken.has(place)).sort((a, b) => a[0] - b[0]);
    if (!free.length || (free[0][0] > NEAREST && lines.length > 4)) continue;
    moved[free[0][1]] = seam;
    taken.add(free[0][1]);
  }
  return moved.every((line, place) => !place || line > moved[place - 1]) ? moved : lines;
}
