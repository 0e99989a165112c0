// Areas on a map beside their bars: each in one of five steps. The borders are those of the last day shown.
import { bars } from "./analysis-bars.mjs";
import { svg, widthOf } from "./elements.mjs";

const known = new Map();
const METRES = 111320;

export function borders(address) {
  if (!known.has(address)) known.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : { features: [] })).catch(() => ({ features: [] })));
  return known.get(address);
}

export function areas(drawn, width, words, shapes) {
  const features = (shapes?.features ?? []).filter((each) => drawn.marks.some((mark) => mark.key === each.properties.code));
  if (!features.length) return bars(drawn, width, words);
  const across = Math.round(width * 0.46), beside = bars(drawn, width - across - 20, words);
  const high = Math.max(beside.height, Math.min(across * 0.92, 340));
  beside.node.setAttribute("transform", `translate(${across + 20} 0)`);
  return { node: svg("g", {}, map(drawn, features, shapes.features, across, high), beside.node), height: high };
}

function map(drawn, features, all, width, height) {
  const project = projection(all, width, height), marks = new Map(drawn.marks.map((mark) => [mark.key, mark]));
  const shapes = all.map((each) => area(each, marks.get(each.properties.code), project));
  const names = named(features.map((each) => ({ feature: each, mark: marks.get(each.properties.code) })), project);
  return svg("g", { class: "marks map-areas", role: "list" }, shapes, svg("g", { class: "map-names", "aria-hidden": "true" }, names));
}

// Longitudes shortened as at the middle, so that nothing is stretched.
function projection(features, width, height) {
  const points = features.flatMap((each) => rings(each.geometry).flat());
  const [west, east] = [Math.min(...points.map((each) => each[0])), Math.max(...points.map((each) => each[0]))];
  const [south, north] = [Math.min(...points.map((each) => each[1])), Math.max(...points.map((each) => each[1]))];
  const shrink = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const scale = Math.min((width - 4) / ((east - west) * shrink * METRES), (height - 4) / ((north - south) * METRES)) * METRES;
  const [left, top] = [(width - (east - west) * shrink * scale) / 2, (height - (north - south) * scale) / 2];
  return ([lon, lat]) => [left + (lon - west) * shrink * scale, top + (north - lat) * scale];
}

const rings = (geometry) => (geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat());

function area(feature, mark, project) {
  const d = rings(feature.geometry).map((ring) => `M${ring.map((each) => project(each).map((value) => value.toFixed(1)).join(" ")).join("L")}Z`).join("");
  const said = mark ? [mark.label, mark.words, mark.note].filter(Boolean).join(" ") : feature.properties.zh;
  const path = svg("path", { d, class: mark ? `area step-${mark.step}` : "area", "fill-rule": "evenodd" }, svg("title", {}, said));
  return mark?.href ? svg("a", { href: mark.href, "aria-label": said, "data-key": `map ${mark.key}`, role: "listitem", class: mark.chosen ? "chosen" : "" }, path) : path;
}

// Names where there is room, those of the most first; none over another.
function named(areas, project) {
  const taken = [];
  return [...areas].sort((one, two) => two.mark.value - one.mark.value).map(({ feature, mark }) => {
    const { lon, lat } = feature.properties;
    if (lon === null || lat === null) return null;
    const [x, y] = project([lon, lat]), half = Math.max(measured(mark.label), measured(mark.words)) / 2 + 3;
    const box = [x - half, y - 13, x + half, y + 18];
    if (taken.some((each) => each[0] < box[2] && box[0] < each[2] && each[1] < box[3] && box[1] < each[3])) return null;
    taken.push(box);
    return svg("text", { x, y, "text-anchor": "middle" }, mark.label, svg("tspan", { x, dy: 14, class: "amount" }, mark.words));
  });
}

const measured = (words) => widthOf(words, "12px sans-serif");
