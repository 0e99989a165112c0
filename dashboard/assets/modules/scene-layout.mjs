// Where each tile of a scene stands: lines of a grid for the shape of the wall, moved so that none of the screens' seams runs through a tile's text. Pure.
import { PLANS } from "./scene-plans.mjs";

export const ROWS = 96;
const FEWER = { super: ["ultra", "landscape"], ultra: ["landscape"] }; // columns that may suit a wall's seams better

export function shapeOf(width, height) {
  const aspect = width / height;
  return aspect < 1.15 ? "portrait" : aspect < 2.2 ? "landscape" : aspect < 3.1 ? "ultra" : "super";
}

// `seams` are shares of the stage: { columns: [0.5], rows: [0.5] }. Gives { columns: shares, tiles: { name: [column, row, row after] } }.
export function arrange(scene, width, height, seams = {}) {
  const shape = shapeOf(width, height), wanted = seams.columns ?? [];
  const plans = [shape, ...(wanted.length ? FEWER[shape] ?? [] : [])].map((name) => PLANS[scene][name]);
  const fits = plans.map((each) => {
    const lines = edges(each.map(([share]) => share)), moved = snapped(lines, wanted);
    return { plan: each, moved, moving: moved.reduce((sum, line, place) => sum + Math.abs(line - lines[place]), 0) };
  });
  const { plan, moved: across } = fits.reduce((best, each) => (each.moving < best.moving ? each : best));
  const tiles = {};
  plan.forEach(([, stack], column) => {
    const rows = snapped(edges(stack.map(([, share]) => share)), seams.rows ?? []).map((line) => Math.round(line * ROWS));
    stack.forEach(([name], place) => { tiles[name] = [column + 1, rows[place] + 1, rows[place + 1] + 1]; });
  });
  return { columns: across.slice(1).map((edge, place) => edge - across[place]), tiles };
}

function edges(shares) {
  const whole = shares.reduce((sum, share) => sum + share, 0), lines = [0];
  shares.forEach((share) => lines.push(lines.at(-1) + share / whole));
  return lines;
}

// Inner lines moved onto the seams: each seam takes the nearest line that is free; the lines as they were when that would cross two.
export function snapped(lines, seams) {
  const moved = [...lines], taken = new Set([0, lines.length - 1]);
  for (const seam of seams) {
    const free = moved.map((line, place) => [Math.abs(line - seam), place]).filter(([, place]) => !taken.has(place)).sort((a, b) => a[0] - b[0]);
    if (!free.length) continue;
    moved[free[0][1]] = seam;
    taken.add(free[0][1]);
  }
  return moved.every((line, place) => !place || line > moved[place - 1]) ? moved : lines;
}
