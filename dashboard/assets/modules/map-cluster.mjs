// Which open incidents stand alone on the map and which are counted together. Pure: pixels in, pixels out.

const CELL = 112, MOST_ALONE = 150; // units of 1/1080 of the height; so many points may stand alone at once
const LATE_SIZE = 7, FEW_LATE = 40;

// `points` have x, y, kind and id. Late ones are never counted into a cluster: { late, alone, clusters }.
export function grouped(points, unit, focusedId = null) {
  const late = points.filter((point) => point.kind === "late" || point.id === focusedId);
  const others = points.filter((point) => point.kind !== "late" && point.id !== focusedId);
  if (others.length <= MOST_ALONE) return { late, alone: others.sort(byRank), clusters: [] };
  const groups = merged(inCells(others, unit * CELL), unit);
  return { late, alone: groups.filter((group) => group.count === 1).sort(byRank), clusters: groups.filter((group) => group.count > 1) };
}

function byRank(a, b) { return (a.kind === "risk") - (b.kind === "risk"); }

function inCells(points, size) {
  const cells = new Map();
  for (const point of points) {
    const key = `${Math.floor(point.x / size)}:${Math.floor(point.y / size)}`;
    const cell = cells.get(key);
    cells.set(key, cell ? together(cell, point) : { ...point, count: 1 });
  }
  return [...cells.values()];
}

function together(a, b) {
  const count = a.count + (b.count ?? 1), share = (b.count ?? 1) / count;
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share, count, kind: a.kind === "risk" || b.kind === "risk" ? "risk" : "on-time" };
}

// Circles that would touch become one, the nearest first, until none do.
function merged(groups, unit) {
  const left = [...groups];
  for (;;) {
    let nearest = null;
    for (let a = 0; a < left.length; a += 1) for (let b = a + 1; b < left.length; b += 1) {
      const gap = Math.hypot(left[a].x - left[b].x, left[a].y - left[b].y) - radiusOf(left[a].count, unit) - radiusOf(left[b].count, unit);
      if (gap < unit * 4 && (nearest === null || gap < nearest.gap)) nearest = { a, b, gap };
    }
    if (nearest === null) return left;
    left[nearest.a] = together(left[nearest.a], left[nearest.b]);
    left.splice(nearest.b, 1);
  }
}

export function radiusOf(count, unit) { return count === 1 ? unit * 7 : unit * Math.min(9 + 1.3 * Math.sqrt(count), 23); }

// Half the diagonal of a cluster's number: nothing may come nearer to its middle.
export function numberRadius(count, unit) { return unit * Math.hypot(5.2 * String(count).length, 6.5); }

// Many late marks are drawn smaller, so that the map stays quiet.
export function lateSize(count, unit) { return unit * LATE_SIZE * Math.min(1, (FEW_LATE / Math.max(count, 1)) ** 0.3); }
