// Where everything stands on the map for one view, and the picture of it, from the ground up.
import { fill, standing } from "./words.mjs";
import { grouped, radiusOf } from "./map-cluster.mjs";
import { STEPS, boundsOf, scaleLength, stepOf } from "./map-classes.mjs";
import { drawCluster, drawName, drawScale, drawShape, drawTarget, nameSize } from "./map-draw.mjs";
import { drawTrail, drawValues } from "./map-ground.mjs";
import { boxAround, placeNames } from "./map-names.mjs";
import { belongs, ringsOf } from "./map-shape.mjs";
import { placeLate } from "./map-rim.mjs";

const VALUES_MOST = 15; // of more areas than this, only the lowest and the highest are named
const TRAIL_STEP_MS = 600_000; // so long a trail looks the same
const EDGE = 40; // marks so far beyond the edge count as seen

export function planOf(layer) {
  const { canvas, map, asked } = layer, { clientWidth: width, clientHeight: height } = canvas, unit = layer.unit();
  const centre = map.getCenter(), metres = map.distance(map.containerPointToLatLng([0, height / 2]), map.containerPointToLatLng([width, height / 2])) / width;
  const view = { width, height, metres, key: [centre.lat, centre.lng, map.getZoom(), width, height].join(), place: (at) => layer.place(at) };
  const marks = asked.marks ? marksIn(layer, view, unit) : { late: [], alone: [], clusters: [] };
  return { view, unit, ...marks, values: asked.choropleth ? valuesOf(layer) : null };
}

function marksIn(layer, view, unit) {
  const now = layer.now(), isSeen = ({ x, y }) => x > -EDGE && y > -EDGE && x < view.width + EDGE && y < view.height + EDGE;
  const placed = [...layer.points.values()].map((point) => ({ ...view.place(point), id: point.id, kind: standing(point, now), urgency: point.urgency })).filter(isSeen);
  const focusedId = layer.asked.target ? layer.focused?.id : null, { late, alone, clusters } = grouped(placed, unit, focusedId);
  const target = focusedId === null ? null : late.find((point) => point.id === focusedId) ?? null;
  return { late: placeLate(late.filter((point) => point !== target), clusters, unit, view), alone, clusters, target };
}

function valuesOf({ sources, area, language, asked }) {
  return sources.get(`/values/${area}?metric=${encodeURIComponent(asked.choropleth)}&period=${asked.period}&lang=${language}`);
}

// Whether time alone has made another picture of what was drawn. Of values and density each new picture asks how old they are.
export function hasAged({ points, asked, now, drawnAt }) {
  const at = now(), step = (instant) => Math.floor(instant / TRAIL_STEP_MS);
  if (asked.choropleth || asked.heat || step(at) !== step(drawnAt)) return true;
  return [...points.values()].some((point) => standing(point, at) !== standing(point, drawnAt));
}

// Draws a layer's plan; gives what the legend has to say.
export function paint(layer) {
  const { canvas, asked, plan } = layer, { view, unit } = plan, pen = ready(canvas), shown = {};
  if (plan.values) shown.values = { content: plan.values, ...drawValues(pen, plan.values, layer.cells, view.place, unit) };
  const cells = asked.heat ? layer.sources.get(`/heat/${layer.area}`) : null;
  if (cells) shown.heat = { content: cells, ...layer.heat.draw(pen, cells, view, unit) };
  if (asked.trail) drawTrail(pen, layer.trail.points(`/trail/${layer.area}`, layer.now()), view.place, layer.now(), unit);
  plan.alone.forEach((mark) => drawShape(pen, mark, unit * 7));
  plan.clusters.forEach((cluster) => drawCluster(pen, cluster, unit));
  plan.names ??= namesIn(pen, layer, plan);
  plan.names.forEach((name) => drawName(pen, name, unit));
  plan.late.forEach((mark) => drawShape(pen, mark, mark.size)); // above all but the case in focus
  if (plan.target) { drawTarget(pen, plan.target, unit); drawShape(pen, plan.target, unit * 11); }
  if (asked.target && layer.focused) drawScale(pen, scaleOf(view, unit, layer), unit);
  canvas.getContext("bitmaprenderer").transferFromImageBitmap(canvas.easel.transferToImageBitmap());
  canvas.shown = plan; // for a test with a ruler
  canvas.dataset.late = plan.late.filter((mark) => mark.kind === "late").length + (plan.target?.kind === "late" ? 1 : 0);
  return { ...shown, hasClusters: plan.clusters.length > 0, hasTrail: Boolean(asked.trail) };
}

// A finished picture is hung up: a canvas that is drawn upon is composed anew in every frame of the page, whatever has changed.
function ready(canvas) {
  const scale = devicePixelRatio || 1, width = Math.round(canvas.clientWidth * scale), height = Math.round(canvas.clientHeight * scale);
  const easel = (canvas.easel ??= new OffscreenCanvas(width, height));
  if (easel.width !== width || easel.height !== height) Object.assign(easel, { width, height });
  const pen = easel.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

function namesIn(pen, layer, { view, unit, late, alone, clusters, target, values }) {
  if (layer.asked.target && target) return [];
  const said = values?.areas ?? {}, isNamed = values && layer.names.length > VALUES_MOST ? outer(values) : () => true;
  const cells = layer.cells.map((feature) => ({ code: feature.properties.code, rings: ringsOf(feature.geometry, view.place) }));
  const names = layer.names.filter(isNamed).map((each) => {
    const name = { ...view.place(each), name: each.name, value: said[each.code]?.words };
    return { ...name, ...nameSize(pen, name, unit), allows: (spot) => belongs(spot, each.code, cells) };
  });
  const blocks = clusters.map((cluster) => boxAround(cluster, radiusOf(cluster.count, unit) + unit * 2));
  const marks = [...late.map((mark) => ({ ...boxAround(mark, mark.size * 1.3), isLate: true })), ...alone.map((mark) => boxAround(mark, unit * 7))];
  return placeNames(names, blocks, marks, view);
}

function outer({ areas, decimals }) {
  const ranked = Object.values(areas).filter((each) => each.ranked && each.value !== null), bounds = boundsOf(ranked.map((each) => each.value), decimals);
  return ({ code }) => areas[code]?.ranked && areas[code].value !== null && [1, STEPS].includes(stepOf(areas[code].value, bounds, decimals));
}

function scaleOf({ metres, height }, unit, { words, panel }) {
  const most = scaleLength(metres, unit * 180), above = panel.querySelector(".map-legend").offsetHeight;
  const said = most >= 1000 ? fill(words["map.kilometres"], { count: most / 1000 }) : fill(words["map.metres"], { count: most });
  return { left: unit * 14, y: height - above - unit * 14, length: most / metres, words: said };
}
