// Where the incident is, on the page's map; and which changes are its own.

const CLOSE = 15, ROUGH = 14;

// Whether a change is of the incident or of one it was merged with.
export function follows(change, family) {
  const incident = change.incident ?? null;
  return Boolean(incident) && family.includes(incident.id);
}

let shown = null, layers = [];

// spot: an element with the point in its data, or nothing where there is none.
export async function mark(spot, map) {
  if (!map) return;
  const asked = spot ? JSON.stringify(spot.dataset) : "";
  if (asked === shown) return;
  shown = asked;
  layers.splice(0).forEach((layer) => layer.remove());
  if (!spot) return;
  const { lon, lat, rough, township } = spot.dataset, place = [Number(lat), Number(lon)];
  map.setView(place, rough ? ROUGH : CLOSE, { animate: false });
  const ring = window.L.circleMarker(place, { radius: rough ? 22 : 9, className: rough ? "incident-mark rough" : "incident-mark", interactive: false });
  layers.push(ring.addTo(map));
  if (!township) return;
  // The grids of one town: those of the whole county are many.
  const answer = await fetch(`/geo/${township}/grid.geojson`).catch(() => null);
  if (!answer?.ok || shown !== asked) return;
  const style = { className: "border-grid", fill: false };
  layers.push(window.L.geoJSON(await answer.json(), { interactive: false, style }).addTo(map));
  ring.bringToFront();
}
