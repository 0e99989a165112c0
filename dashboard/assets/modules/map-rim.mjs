// Where late marks stand: at their place, or at the rim of the cluster they would cover, or beside the late one that is there
// already. Every one is seen, and so is every number. Pure: pixels in, pixels out.
import { lateSize, numberRadius, radiusOf } from "./map-cluster.mjs";

const REACH = 1.4; // the farthest corner of a mark, in sizes
const APART = 2; // so far from each other, in sizes
const SLOTS = 24, RINGS = 5;

// Late points with x and y become marks with x, y and size; the urgent ones choose first, then the older ones.
export function placeLate(late, clusters, unit, box) {
  const size = lateSize(late.length, unit), placed = new Near(size * APART);
  const rims = clusters.map((cluster) => ({ x: cluster.x, y: cluster.y, rim: rimOf(cluster, unit, size) }));
  const sorted = [...late].sort((a, b) => (b.urgency === "urgent") - (a.urgency === "urgent") || a.id - b.id);
  return sorted.map((point) => {
    const near = rims.filter((each) => Math.hypot(each.x - point.x, each.y - point.y) < each.rim * 2 + size * APART * RINGS);
    let best = null;
    for (const spot of spots(point, near, size)) {
      if (near.some((each) => Math.hypot(each.x - spot.x, each.y - spot.y) < each.rim - 0.01)) continue;
      if (box && !isInside(spot, box, size) && isInside(point, box, size)) continue;
      const room = placed.room(spot);
      if (room >= size * APART) { best = { spot, room }; break; }
      if (best === null || room > best.room) best = { spot, room };
    }
    const mark = { ...point, ...(best ? best.spot : { x: point.x, y: point.y }), size };
    placed.add(mark);
    return mark;
  });
}

// A mark on the rim leaves the number free.
export function rimOf(cluster, unit, size) {
  return Math.max(radiusOf(cluster.count, unit), numberRadius(cluster.count, unit) + size * REACH);
}

// The place itself; then, over a cluster, along its rim, nearest first; else in rings around the place.
function* spots(point, rims, size) {
  yield { x: point.x, y: point.y };
  const over = rims.find((each) => Math.hypot(each.x - point.x, each.y - point.y) < each.rim);
  const middle = over ?? point, start = over ? Math.atan2(point.y - over.y, point.x - over.x) : -Math.PI / 2;
  for (let ring = 0; ring < RINGS; ring += 1) {
    const radius = over ? over.rim + ring * size * APART : (ring + 1) * size * APART;
    const slots = Math.max(SLOTS, Math.floor((2 * Math.PI * radius) / (size * APART)));
    for (let step = 0; step < slots; step += 1) {
      const angle = start + (step % 2 ? 1 : -1) * Math.ceil(step / 2) * ((2 * Math.PI) / slots);
      yield { x: middle.x + radius * Math.cos(angle), y: middle.y + radius * Math.sin(angle) };
    }
  }
}

function isInside({ x, y }, { width, height }, margin) { return x >= margin && x <= width - margin && y >= margin && y <= height - margin; }

// Marks by squares, so that only neighbours are asked.
class Near {
  constructor(size) { Object.assign(this, { size, cells: new Map() }); }

  key(column, row) { return column * 65536 + row; }

  add(mark) {
    const key = this.key(Math.floor(mark.x / this.size), Math.floor(mark.y / this.size)), cell = this.cells.get(key);
    if (cell) cell.push(mark);
    else this.cells.set(key, [mark]);
  }

  // How far the nearest mark is, as far as the squares around tell.
  room({ x, y }) {
    const column = Math.floor(x / this.size), row = Math.floor(y / this.size);
    let nearest = Infinity;
    for (let across = -1; across <= 1; across += 1) for (let down = -1; down <= 1; down += 1) {
      const cell = this.cells.get(this.key(column + across, row + down));
      if (cell) for (const mark of cell) nearest = Math.min(nearest, Math.hypot(mark.x - x, mark.y - y));
    }
    return nearest;
  }
}
