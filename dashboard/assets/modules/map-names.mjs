// Where names stand on the map: near their place, off the clusters, never over each other, never off the map; or not at all. Pure.

const SIDES = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2], LINES = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5];
const OFFSETS = SIDES.flatMap((across) => LINES.flatMap((down) => [[across, down], [-across, down], [across, -down], [-across, -down]]));
const MANY = 15; // more names than this are not all needed
const dearest = (count) => (count > MANY ? 35 : 130); // no late mark on a name, or three small ones at most
const LATE = 40, ALONE = 12, AWAY = 5;

// `names` have x, y, width and height, and perhaps `allows(box)`: whether one may stand there. `blocks` are boxes that no name may
// touch, `marks` boxes that it had better not.
export function placeNames(names, blocks, marks, box) {
  const choices = names.map((name) => ({ name, spots: spotsOf(name, blocks, marks, box, dearest(names.length)) }));
  choices.sort((a, b) => a.spots.length - b.spots.length); // those with the least choice first
  const placed = [];
  for (const { spots } of choices) {
    const free = spots.find((spot) => placed.every((each) => !overlaps(spot, each)));
    if (free) placed.push(free);
  }
  return placed;
}

function spotsOf(name, blocks, marks, box, most) {
  const { width, height } = name, found = [], seen = new Set();
  for (const [across, down] of OFFSETS) {
    const key = `${across}:${down}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const x = name.x + across * (width / 2), y = name.y + down * height;
    const spot = { ...name, x, y, left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
    if (spot.left < 0 || spot.top < 0 || spot.right > box.width || spot.bottom > box.height) continue;
    if ((across || down) && name.allows && !name.allows(spot)) continue;
    if (blocks.some((each) => overlaps(spot, each))) continue;
    spot.cost = marks.reduce((sum, each) => sum + (overlaps(spot, each) ? (each.isLate ? LATE : ALONE) : 0), 0) + AWAY * Math.hypot(across, down);
    if (spot.cost <= most) found.push(spot);
  }
  return found.sort((a, b) => a.cost - b.cost);
}

export function overlaps(a, b) { return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom; }

export function boxAround({ x, y }, size) { return { left: x - size, right: x + size, top: y - size, bottom: y + size }; }
