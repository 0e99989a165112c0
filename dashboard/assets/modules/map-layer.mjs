// What moves on the map: one canvas over Leaflet. Marks by shape and colour, clusters that never hide a late one, names of areas.
import { standing } from "./words.mjs";
import { cluster, drawMark, drawName } from "./map-draw.mjs";
import { drawRings } from "./map-rings.mjs";

const NEAR_ZOOM = 14;

export class MapLayer {
  constructor(canvas, map, now) {
    Object.assign(this, { canvas, map, now, points: new Map(), rings: new Map(), names: [], bounds: null, focused: null, isDrawing: false });
    addEventListener("resize", () => this.fit());
    map.on("zoomend moveend viewreset", () => this.ask());
  }

  async show(area, level, language) {
    const below = { county: "township", township: "village", village: "grid", grid: "grid" }[level];
    const [own, inner] = await Promise.all([level, below].map((each) => fetch(`/geo/${area}/${each}.geojson`).then((answer) => answer.json())));
    this.names = level === "village" || level === "grid" ? [] : inner.features.map((each) => each.properties).map((area) =>
      ({ lat: area.lat, lon: area.lon, name: language === "en" ? area.en : area.zh }));
    const border = window.L.geoJSON(own);
    if (border.getLayers().length) this.bounds = border.getBounds();
    this.fit();
  }

  fit() {
    if (!this.canvas.clientWidth) return; // not in this scene
    this.map.invalidateSize({ animate: false });
    this.map.options.zoomSnap = 0;
    if (this.focused) this.map.setView([this.focused.lat, this.focused.lon], NEAR_ZOOM, { animate: false });
    else if (this.bounds) this.map.fitBounds(this.bounds, { animate: false, paddingTopLeft: [this.unit() * 8, this.unit() * 26], paddingBottomRight: [this.unit() * 8, this.unit() * 74] });
    this.ask();
  }

  // The map goes to one incident, or back to the whole area with null.
  focus(point) {
    this.focused = point && point.lon !== null ? point : null;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches || !this.canvas.clientWidth;
    if (this.focused && !isStill) this.map.flyTo([this.focused.lat, this.focused.lon], NEAR_ZOOM, { duration: 0.39 });
    else this.fit();
  }

  // The open incident that most needs eyes: the newest urgent one, or the newest at all.
  foremost() {
    const newest = (points) => points.reduce((best, point) => (best === null || point.at > best.at ? point : best), null);
    const points = [...this.points.values()];
    return newest(points.filter((point) => point.urgency === "urgent")) ?? newest(points);
  }

  unit() { return innerHeight / 1080; }

  setAll(points) {
    this.points.clear();
    points.forEach((point) => this.points.set(point.id, point));
    this.ask();
  }

  set(incident) {
    const known = this.points.get(incident.id);
    if (known && known.version >= incident.version) return;
    if (incident.ended !== null || incident.lon === null) this.points.delete(incident.id);
    else this.points.set(incident.id, incident);
    if (incident.lon !== null && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.rings.set(incident.id, { at: performance.now(), lon: incident.lon, lat: incident.lat, isNew: !known });
    this.ask();
  }

  ask() {
    if (this.isDrawing) return;
    this.isDrawing = true;
    requestAnimationFrame(() => { this.isDrawing = false; this.draw(); });
  }

  draw() {
    const scale = devicePixelRatio || 1, { clientWidth: width, clientHeight: height } = this.canvas;
    if (this.canvas.width !== Math.round(width * scale)) this.canvas.width = Math.round(width * scale);
    if (this.canvas.height !== Math.round(height * scale)) this.canvas.height = Math.round(height * scale);
    const pen = this.canvas.getContext("2d"), unit = this.unit();
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const now = this.now();
    const placed = [...this.points.values()].map((point) => ({ ...this.place(point), kind: standing(point, now), urgency: point.urgency }));
    const taken = [];
    const groups = cluster(placed, unit * 98, placed.length > 150);
    groups.forEach((group) => drawMark(pen, group, unit, taken));
    this.names.forEach((area) => drawName(pen, this.place(area), area.name, unit, taken));
    if (drawRings(pen, this.rings, (ring) => this.place(ring), unit)) this.ask();
    this.canvas.dataset.marks = this.points.size;
  }

  place({ lat, lon }) { return this.map.latLngToContainerPoint([lat, lon]); }
}
