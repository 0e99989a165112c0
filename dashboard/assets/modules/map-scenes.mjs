// Which layers the map has in which scene, as data. What a playlist says of the map and of the metric goes before.
//
// marks: open incidents now. trail: where today's came from. choropleth: a metric key, by areas, with its period.
// heat: density of the reports of the last days. target: the case in focus and a scale.

export const LAYERS = {
  overview: { marks: true, trail: true },
  analysis: { choropleth: "on_time_rate", period: "month", heat: true },
  command: { marks: true, target: true },
  forces: { choropleth: "reported", period: "week" },
};
const METRIC = "reported", PERIOD = "week";
const SMALL = { village: METRIC, grid: METRIC }; // grids have too few cases for a rate

// `filters` may have `map` (names of layers, a list or with commas between), `metric` and `period`.
export function layersOf(scene, filters, level) {
  const usual = { ...(LAYERS[scene] ?? LAYERS.overview) }, asked = filters ?? {};
  const named = typeof asked.map === "string" ? asked.map.split(",").map((name) => name.trim()).filter(Boolean) : asked.map;
  if (usual.choropleth) usual.choropleth = SMALL[level] ?? usual.choropleth;
  const chosen = named ? Object.fromEntries(named.map((name) => [name, true])) : { ...usual };
  if (chosen.choropleth || asked.metric) {
    chosen.choropleth = asked.metric ?? usual.choropleth ?? METRIC;
    chosen.period = asked.period ?? usual.period ?? PERIOD;
  }
  return chosen;
}

// The layers as one word each, in the order in which they are drawn: for the page's styles.
export function namesOf(layers) {
  return ["choropleth", "heat", "trail", "marks", "target"].filter((name) => layers[name]).join(" ");
}
