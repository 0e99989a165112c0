// What lies under the marks: values of areas, density of reports, where today's came from.
import { boundsOf, stepOf } from "./map-classes.mjs";
import { density } from "./map-density.mjs";
import { colour } from "./map-draw.mjs";
import { ringsOf } from "./map-shape.mjs";

const SQUARE = 3, KERNEL_METRES = 800, KERNEL_LEAST = 30; // units a square of the surface; how far a report spreads, on the ground and at least in units
const STRONGEST = 0.75;
const DAY_MS = 86400000;

// Areas in steps of lightness. `cells` are features with rings in pixels by `place`; gives what the legend says.
export function drawValues(pen, content, features, place, unit) {
  const { decimals } = content, areas = Object.entries(content.areas);
  const ranked = areas.filter(([, each]) => each.value !== null && each.ranked);
  const bounds = boundsOf(ranked.map(([, each]) => each.value), decimals);
  const hatch = { none: hatched(pen, unit, "lines"), few: hatched(pen, unit, "dots") }, has = { none: false, few: false };
  for (const feature of features) {
    const found = content.areas[feature.properties.code], state = !found || found.value === null ? "none" : found.ranked ? "ranked" : "few";
    trace(pen, feature.geometry, place);
    pen.fillStyle = state === "ranked" ? colour(`step-${stepOf(found.value, bounds, decimals)}`) : colour("area");
    pen.fill("evenodd");
    if (state !== "ranked") { has[state] = true; pen.fillStyle = hatch[state]; pen.fill("evenodd"); }
    pen.lineWidth = unit * 2;
    pen.strokeStyle = colour("ground");
    pen.stroke();
  }
  return { bounds, ...has };
}

function trace(pen, geometry, place) {
  pen.beginPath();
  for (const ring of ringsOf(geometry, place)) {
    ring.forEach(({ x, y }, at) => { if (at) pen.lineTo(x, y); else pen.moveTo(x, y); });
    pen.closePath();
  }
}

function hatched(pen, unit, kind) {
  const tile = document.createElement("canvas"), size = Math.max(4, Math.round(unit * 9));
  tile.width = tile.height = size;
  const brush = tile.getContext("2d");
  brush.strokeStyle = brush.fillStyle = colour("border");
  brush.lineWidth = Math.max(1, unit * 1.5);
  if (kind === "dots") brush.fillRect(size / 2, size / 2, Math.max(1, unit * 2), Math.max(1, unit * 2));
  else { brush.beginPath(); brush.moveTo(-1, size + 1); brush.lineTo(size + 1, -1); brush.stroke(); }
  return pen.createPattern(tile, "repeat");
}

// The surface is made once for a view, an answer and a colour.
export class Heat {
  draw(pen, content, view, unit) {
    const hue = colour("heat"), key = [view.key, hue].join();
    if (this.key !== key || this.content !== content) this.make(content, view, unit, hue);
    Object.assign(this, { key, content });
    if (this.picture.width && this.picture.height) pen.drawImage(this.picture, 0, 0, view.width, view.height);
    return { most: this.peak };
  }

  make(content, { width, height, metres, place }, unit, hue) {
    const square = unit * SQUARE, columns = Math.ceil(width / square), rows = Math.ceil(height / square);
    const radius = Math.max(KERNEL_METRES / metres, unit * KERNEL_LEAST) / square;
    const cells = content.cells.map(([lon, lat, count]) => { const { x, y } = place({ lon, lat }); return { x: x / square, y: y / square, count }; });
    const { surface, peak } = density(cells, columns, rows, radius);
    this.peak = peak / (square * metres / 1000) ** 2; // reports a square kilometre, where they are densest
    this.picture = document.createElement("canvas");
    Object.assign(this.picture, { width: columns, height: rows });
    const brush = this.picture.getContext("2d"), shade = brush.createImageData(columns, rows);
    for (let at = 0; at < surface.length; at += 1) shade.data[at * 4 + 3] = peak ? Math.round(255 * STRONGEST * surface[at] / peak) : 0;
    brush.putImageData(shade, 0, 0);
    brush.globalCompositeOperation = "source-in";
    brush.fillStyle = hue;
    brush.fillRect(0, 0, columns, rows);
  }
}

// Where today's reports came from: faint dots that fade as they age.
export function drawTrail(pen, points, place, now, unit) {
  pen.fillStyle = colour("muted");
  for (const point of points) {
    const { x, y } = place(point);
    pen.globalAlpha = Math.max(0.2, 0.75 * (1 - (2 * (now - point.at)) / DAY_MS));
    pen.beginPath(); pen.arc(x, y, unit * 2.2, 0, 2 * Math.PI); pen.fill();
  }
  pen.globalAlpha = 1;
}
