// Drawing on the map's canvas: marks, clusters and names that keep out of each other's way. Pure but for the pen.

const COLOUR = {};
export function colour(name) {
  COLOUR[name] = COLOUR[name] || getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  return COLOUR[name];
}

// Points by squares of `size`; a late urgent one always stands alone, on top.
export function cluster(points, size, isDense) {
  if (!isDense) return points.map((point) => ({ ...point, count: 1, late: point.kind === "late" ? 1 : 0 })).sort(byRank);
  const cells = new Map(), alone = [];
  for (const point of points) {
    if (point.kind === "late" && point.urgency === "urgent") { alone.push({ ...point, count: 1, late: 1 }); continue; }
    const key = `${Math.floor(point.x / size)}:${Math.floor(point.y / size)}`;
    const cell = cells.get(key) ?? { x: 0, y: 0, count: 0, late: 0, risk: 0 };
    cell.x += point.x; cell.y += point.y; cell.count += 1;
    cell.late += point.kind === "late"; cell.risk += point.kind === "risk";
    cells.set(key, cell);
  }
  const groups = [...cells.values()].map((cell) =>
    ({ ...cell, x: cell.x / cell.count, y: cell.y / cell.count, kind: cell.late ? "late" : cell.risk ? "risk" : "on-time" }));
  return [...groups.sort(byRank), ...alone];
}

function byRank(a, b) {
  const rank = { "on-time": 0, risk: 1, late: 2 };
  return rank[a.kind] - rank[b.kind];
}

export function drawMark(pen, group, unit, taken) {
  const size = group.count === 1 ? unit * 7 : unit * Math.min(10 + 2.2 * Math.sqrt(group.count), 26);
  if (group.count === 1) drawShape(pen, group.x, group.y, size, group.kind);
  else drawCluster(pen, group, size, unit);
  taken.push({ left: group.x - size, right: group.x + size, top: group.y - size, bottom: group.y + size, weight: group.count });
}

function drawCluster(pen, group, size, unit) {
  pen.beginPath();
  pen.arc(group.x, group.y, size, 0, 2 * Math.PI);
  pen.fillStyle = colour("veil");
  pen.fill();
  pen.lineWidth = unit * 2.5;
  pen.strokeStyle = colour("border-strong");
  pen.stroke();
  if (group.late) {
    pen.beginPath();
    pen.arc(group.x, group.y, size, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.max(group.late / group.count, 0.08));
    pen.lineWidth = unit * 4.5;
    pen.strokeStyle = colour("late");
    pen.stroke();
  }
  {
    pen.fillStyle = colour("text");
    pen.font = `500 ${unit * 18}px "Noto Sans CJK SC", sans-serif`;
    pen.textAlign = "center"; pen.textBaseline = "middle";
    pen.fillText(group.count, group.x, group.y + unit);
  }
}

function drawShape(pen, x, y, size, kind) {
  pen.beginPath();
  if (kind === "late") { pen.moveTo(x, y - size * 1.25); pen.lineTo(x + size * 1.15, y + size * 0.8); pen.lineTo(x - size * 1.15, y + size * 0.8); }
  else if (kind === "risk") { pen.moveTo(x, y - size * 1.2); pen.lineTo(x + size, y); pen.lineTo(x, y + size * 1.2); pen.lineTo(x - size, y); }
  else pen.arc(x, y, size * 0.8, 0, 2 * Math.PI);
  pen.closePath();
  pen.fillStyle = colour(kind);
  pen.fill();
  pen.lineWidth = size * 0.25;
  pen.strokeStyle = colour("ground");
  pen.stroke();
}

// Where a name may stand around its place, in half widths and line heights; the nearest free one wins.
const OFFSETS = [0, 0.3, 0.6, 0.9, 1.2, 1.5].flatMap((across) => [0, 0.5, 1, 1.5, 2, 2.5].flatMap((down) =>
  [[across, down], [-across, down], [across, -down], [-across, -down]]));

export function drawName(pen, at, name, unit, taken) {
  pen.font = `500 ${unit * 20}px "Noto Sans CJK SC", sans-serif`;
  const half = pen.measureText(name).width / 2, height = unit * 24;
  let best = null;
  for (const [dx, dy] of OFFSETS) {
    const box = { x: at.x + dx * half, y: at.y + dy * height };
    Object.assign(box, { left: box.x - half, right: box.x + half, top: box.y - height / 2, bottom: box.y + height / 2 });
    const cost = taken.reduce((sum, each) => sum + (overlaps(box, each) ? 40 + each.weight : 0), 0) + 4 * Math.hypot(dx, dy);
    if (best === null || cost < best.cost) best = { ...box, cost };
  }
  pen.textAlign = "center"; pen.textBaseline = "middle";
  pen.lineWidth = unit * 5; pen.lineJoin = "round";
  pen.strokeStyle = colour("veil"); pen.strokeText(name, best.x, best.y);
  pen.fillStyle = colour("muted"); pen.fillText(name, best.x, best.y);
  taken.push({ ...best, weight: 500 });
}

function overlaps(a, b) { return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom; }
