// Where names stand on the map: near their place, off the clusters, never over each other, never off the map; or not at all. Pure.

const SIDES = [-2, -1.75, -1.5, -1.25, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]; // in half widths
const LINES = [-3.5, -3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]; // in heights
const LATE = 40, ALONE = 12, AWAY = 5; // what it costs to touch a late mark, another mark, or to stand away
const OFFSETS = SIDES.flatMap((across) => LINES.map((down) => ({ across, down, cost: AWAY * Math.hypot(across, down) }))).sort((a, b) => a.cost - b.cost);
const MANY = 15; // more names than this are not all needed
const dearest = (count) => (count > MANY ? 35 : 130); // no late mark on a name, or three small ones at most

// `names` have x, y, width and height, and perhaps `allows(box)`: whether one may stand there. `blocks` are boxes that no name may
// touch, `marks` boxes that it had better not. Those with the least room choose first.
export function placeNames(names, blocks, marks, box) {
  const most = dearest(names.length), placed = [];
  const asked = names.map((name) => {
    const around = boxOf(name, 0, 0, SIDES.at(-1) + 1, LINES.at(-1) * 2 + 1), [hard, soft] = [blocks, marks].map((boxes) => boxes.filter((each) => overlaps(around, each)));
    return { name, hard, soft };
  });
  asked.sort((a, b) => b.hard.length + b.soft.length - a.hard.length - a.soft.length);
  for (const { name, hard, soft } of asked) {
    const found = bestOf(name, hard.concat(placed), soft, box, most);
    if (found) placed.push(found);
  }
  return placed;
}

// The cheapest place that is free; none that costs more than `most`.
function bestOf(name, hard, soft, box, most) {
  let best = null;
  for (const { across, down, cost } of OFFSETS) {
    if (cost > (best?.cost ?? most)) break;
    const spot = boxOf(name, across, down);
    if (spot.left < 0 || spot.top < 0 || spot.right > box.width || spot.bottom > box.height || hard.some((each) => overlaps(spot, each))) continue;
    const limit = best ? best.cost - 1e-9 : most;
    spot.cost = cost;
    for (let at = 0; at < soft.length && spot.cost <= limit; at += 1) if (overlaps(spot, soft[at])) spot.cost += soft[at].isLate ? LATE : ALONE;
    if (spot.cost <= limit && (!name.allows || cost === 0 || name.allows(spot))) best = spot;
  }
  return best && { ...name, ...best };
}

function boxOf({ x, y, width, height }, across, down, wide = 1, high = 1) {
  const middle = { x: x + across * (width / 2), y: y + down * height };
  return { ...middle, left: middle.x - (width / 2) * wide, right: middle.x + (width / 2) * wide, top: middle.y - (height / 2) * high, bottom: middle.y + (height / 2) * high };
}

export function overlaps(a, b) { return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom; }

export function boxAround({ x, y }, size) { return { left: x - size, right: x + size, top: y - size, bottom: y + size }; }
