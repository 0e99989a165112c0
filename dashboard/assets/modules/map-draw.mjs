// The pen of the map: shapes, clusters, names, the case in focus, the scale. Colours are asked of the page anew for each picture.
import { numberRadius, radiusOf } from "./map-cluster.mjs";

const FAMILY = '"Noto Sans CJK SC", sans-serif';
let asked = {};

// A colour of the page's theme as it is now.
export function colour(name) { return (asked[name] ??= getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()); }

// A new picture begins: the theme may have changed.
export function freshColours() { asked = {}; }

export function drawCluster(pen, { x, y, count }, unit) {
  circle(pen, x, y, radiusOf(count, unit));
  pen.fillStyle = colour("veil");
  pen.fill();
  pen.lineWidth = unit * 2.5;
  pen.strokeStyle = colour("border-strong");
  pen.stroke();
  write(pen, String(count), x, y + unit, unit * 18, "text");
}

export function drawShape(pen, { x, y, kind }, size) {
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

export function nameSize(pen, name, unit) {
  pen.font = `500 ${unit * 20}px ${FAMILY}`;
  const width = Math.max(pen.measureText(name.name).width, name.value ? pen.measureText(name.value).width : 0);
  return { width: width + unit * 4, height: unit * (name.value ? 50 : 26) };
}

export function drawName(pen, { x, y, name, value }, unit) {
  pen.lineWidth = unit * 5; pen.lineJoin = "round";
  write(pen, name, x, value ? y - unit * 12 : y, unit * 20, value ? "text" : "muted", true);
  if (value) write(pen, value, x, y + unit * 13, unit * 20, "text", true);
}

function write(pen, words, x, y, size, name, isHaloed = false) {
  pen.font = `500 ${size}px ${FAMILY}`;
  pen.textAlign = "center"; pen.textBaseline = "middle";
  if (isHaloed) { pen.strokeStyle = colour("veil"); pen.strokeText(words, x, y); }
  pen.fillStyle = colour(name); pen.fillText(words, x, y);
}

function circle(pen, x, y, radius) { pen.beginPath(); pen.arc(x, y, radius, 0, 2 * Math.PI); }

// Around the case in focus, so that it is found from afar: a ring and four strokes towards it.
export function drawTarget(pen, { x, y }, unit) {
  for (const [width, name] of [[unit * 8, "ground"], [unit * 3.5, "text"]]) {
    pen.lineWidth = width; pen.strokeStyle = colour(name);
    circle(pen, x, y, unit * 30);
    pen.stroke();
    pen.beginPath();
    for (const [across, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) { pen.moveTo(x + across * unit * 22, y + down * unit * 22); pen.lineTo(x + across * unit * 46, y + down * unit * 46); }
    pen.stroke();
  }
}

export function drawScale(pen, { left, y, length, words }, unit) {
  for (const [width, name] of [[unit * 6, "ground"], [unit * 2.5, "muted"]]) {
    pen.lineWidth = width; pen.strokeStyle = colour(name);
    pen.beginPath();
    pen.moveTo(left, y - unit * 8); pen.lineTo(left, y); pen.lineTo(left + length, y); pen.lineTo(left + length, y - unit * 8);
    pen.stroke();
  }
  pen.lineWidth = unit * 5; pen.lineJoin = "round";
  write(pen, words, left + length / 2, y - unit * 16, unit * 18, "muted", true);
}

// Boxes in which nothing else may stand, for a test with a ruler.
export function numberBox({ x, y, count }, unit) { const size = numberRadius(count, unit); return { left: x - size, right: x + size, top: y - size, bottom: y + size }; }
