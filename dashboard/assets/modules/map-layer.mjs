// What moves on the map: one canvas over Leaflet. Marks by shape and colour, clusters that never hide a late one, names of areas.
import { standing } from "./words.mjs";
import { cluster, colour, drawMark, drawName } from "./map-draw.mjs";

export class MapLayer {
  constructor(canvas, map, now) {
    Object.assign(this, { canvas, map, now, points: new Map(), rings: new Map(), names: [], bounds: null, isDrawing: false });
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
    this.map.invalidateSize({ animate: false });
    this.map.options.zoomSnap = 0;
    if (this.bounds) this.map.fitBounds(this.bounds, { animate: false, paddingTopLeft: [this.unit() * 8, this.unit() * 26], paddingBottomRight: [this.unit() * 8, this.unit() * 74] });
    this.ask();
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
    this.drawRings(pen, unit);
    this.canvas.dataset.marks = this.points.size;
  }

  place({ lat, lon }) { return this.map.latLngToContainerPoint([lat, lon]); }

  drawRings(pen, unit) {
    const clock = performance.now();
    for (const [id, ring] of this.rings) {
      const share = (clock - ring.at) / (ring.isNew ? 390 : 260);
      if (share > 1) { this.rings.delete(id); continue; }
      const { x, y } = this.place(ring);
      pen.globalAlpha = 1 - share;
      pen.strokeStyle = colour("new");
      pen.lineWidth = unit * 3;
      pen.beginPath();
      pen.arc(x, y, unit * (8 + 34 * share), 0, 2 * Math.PI);
      pen.stroke();
    }
    pen.globalAlpha = 1;
    if (this.rings.size) this.ask();
  }
}
