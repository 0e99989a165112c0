// Files of exactly what is shown. Tables come from the server by the same address; pictures are taken as they stand here.
import { html, svg } from "./elements.mjs";

const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "font-family", "text-anchor", "paint-order"];
const SPATIAL = ["area"];

// The file of a picture's table, or of the opened figure's incidents, at the address shown.
export function fileAddress(kind, ending, more = {}) {
  const asked = new URLSearchParams(location.search), area = location.pathname.split("/")[2];
  if (area) asked.set("area", area);
  for (const [name, value] of Object.entries(more)) asked.set(name, value);
  return `/analysis-export/${kind}.${ending}?${asked}`;
}

export function exportLinks(name) {
  const endings = ["csv", "xlsx", ...(SPATIAL.includes(name) ? ["gpkg"] : [])];
  return endings.map((ending) => html("a", { href: fileAddress(name, ending), download: true }, ending === "gpkg" ? "GeoPackage" : ending.toUpperCase()));
}

export async function savePicture(drawn, { name, title, shown, ending }) {
  const picture = standing(drawn, title, [shown.sentence, shown.as_of, new URL(location.pathname + location.search, location.origin).href]);
  const written = new XMLSerializer().serializeToString(picture);
  const image = new Blob([written], { type: "image/svg+xml" });
  hand(ending === "svg" ? image : await painted(image, picture), `analysis-${name}.${ending}`);
}

// A drawing of the page as one of its own, its colours with it.
export function copied(drawn) {
  const copy = drawn.cloneNode(true);
  coloured(drawn.querySelector("g"), copy.querySelector("g"));
  return copy;
}

// A picture that stands alone, of a drawing of its own: its title above, and below what it shows and as of when.
export function standing(drawn, title, told) {
  const [, , width, high] = drawn.getAttribute("viewBox").split(" ").map(Number), ground = getComputedStyle(document.body), inside = drawn.querySelector("g");
  const lines = told.flatMap((words) => wrapped(words, Math.floor(width / 7.5)));
  const height = high + 46 + lines.length * 17 + 10;
  const text = (words, y, size, colour) => svg("text", { x: 16, y, fill: colour, "font-size": size, "font-family": "sans-serif" }, words);
  return svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: width + 32, height, viewBox: `0 0 ${width + 32} ${height}` },
    svg("title", {}, title), svg("desc", {}, told.join("\n")),
    svg("rect", { width: width + 32, height, fill: ground.backgroundColor }), text(title, 26, 16, ground.color),
    svg("g", { transform: "translate(16 40)" }, inside), ...lines.map((words, place) => text(words, high + 62 + place * 17, 12, ground.color)));
}

function coloured(from, to) {
  const style = getComputedStyle(from);
  if (from.tagName !== "g" && from.tagName !== "a") for (const name of STYLES) to.style.setProperty(name, style.getPropertyValue(name));
  [...from.children].forEach((each, place) => coloured(each, to.children[place]));
  return to;
}

// A Chinese character takes the room of two letters, and a line may end after each; other words stay whole where a line has room for them.
export function wrapped(words, room) {
  const lines = [""], size = (piece) => [...piece].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 2 : 1), 0);
  let used = 0;
  const add = (piece) => {
    if (used && used + size(piece.trimEnd()) > room) { lines.push(""); used = 0; }
    lines[lines.length - 1] += piece;
    used += size(piece);
  };
  for (const piece of words.match(/[\u2e80-\u{10ffff}]|[^\s\u2e80-\u{10ffff}]+\s*|\s+/gu) ?? []) size(piece) > room ? [...piece].forEach(add) : add(piece);
  return lines;
}

async function painted(image, picture) {
  const [width, height] = ["width", "height"].map((name) => Number(picture.getAttribute(name)) * 2), address = URL.createObjectURL(image), shown = new Image(width, height);
  await new Promise((done, failed) => { shown.onload = done; shown.onerror = failed; shown.src = address; });
  const canvas = html("canvas", { width, height });
  canvas.getContext("2d").drawImage(shown, 0, 0, width, height);
  URL.revokeObjectURL(address);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function hand(file, name) {
  const link = html("a", { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
