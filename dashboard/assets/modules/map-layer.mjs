// What moves on the map: one canvas over Leaflet. What is drawn in which scene is a table (map-scenes), where it stands is
// worked out once for a view (map-plan), how it looks is the pen's (map-draw, map-ground).
import { isStill } from "./afterglow.mjs";
import { frames } from "./frames.mjs";
import { layersOf, namesOf } from "./map-scenes.mjs";
import { freshColours } from "./map-draw.mjs";
import { Heat } from "./map-ground.mjs";
import { Legend } from "./map-legend.mjs";
import { hasAged, paint, planOf } from "./map-plan.mjs";
import { Rings } from "./map-rings.mjs";
import { Sources, Trail } from "./map-sources.mjs";
import { BELOW, bordersOf, read } from "./opening.mjs";
import { onceIn } from "./pace.mjs";

const NEAR_ZOOM = 14, MOVES = "zoomend moveend viewreset", CHANGED_MS = 2000; // a mark that only changes may be so late, as figures may: the map is drawn as a whole

export class MapLayer {
  constructor(canvas, map, now) {
    Object.assign(this, { canvas, map, now, points: new Map(), names: [], cells: [], bounds: null, focused: null, frame: null, plan: null, drawnAt: -Infinity, words: {}, isPlaced: false });
    this.asked = layersOf("overview");
    this.sources = new Sources(() => this.ask());
    Object.assign(this, { trail: new Trail(this.sources), heat: new Heat(), rings: new Rings(canvas), soon: onceIn(CHANGED_MS, () => this.ask()), panel: canvas.closest(".panel-map"), legend: new Legend(document.getElementById("map-key")) });
    Object.assign(this, { fitting: () => this.fit(), moved: () => { this.rings.clear(); this.ask(); }, themes: new MutationObserver(() => this.ask()) });
    addEventListener("resize", this.fitting);
    map.on(MOVES, this.moved);
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  leave() { frames.drop(this); cancelAnimationFrame(this.frame); this.rings.leave(); removeEventListener("resize", this.fitting); this.map.off(MOVES, this.moved); this.themes.disconnect(); }
  isShown(id) { return this.isPlaced && this.canvas.clientWidth > 0 && this.points.has(id); }
  async show(area, level, language, words) {
    Object.assign(this, { area, level, language, words, cells: [], names: [], isPlaced: false });
    this.sources.forget();
    const [own, inner] = await Promise.all(bordersOf(area, level).map(read)).finally(() => { this.isPlaced = true; this.ask(); });
    this.cells = inner.features;
    this.names = BELOW[level] === "grid" ? [] : inner.features.map((each) => each.properties).map(({ code, lat, lon, en, zh }) => ({ code, lat, lon, name: language === "en" ? en : zh }));
    const border = window.L.geoJSON(own);
    if (border.getLayers().length) this.bounds = border.getBounds();
    this.fit();
  }

  // Which layers are drawn from now on: the answer of `layersOf`.
  layers(asked) { this.asked = asked; this.panel.dataset.layers = namesOf(asked); this.ask(); }

  fit() {
    if (!this.canvas.clientWidth) return; // not in this scene
    this.map.invalidateSize({ animate: false });
    this.map.options.zoomSnap = 0;
    const below = this.panel.querySelector(".map-legend").offsetHeight + this.unit() * 26;
    if (this.focused) this.map.setView([this.focused.lat, this.focused.lon], this.near(), { animate: false });
    else if (this.bounds) this.map.fitBounds(this.bounds, { animate: false, paddingTopLeft: [this.unit() * 8, this.unit() * 26], paddingBottomRight: [this.unit() * 8, below] });
    this.ask();
  }
  // The map goes to one incident, or back to the whole area with null.
  focus(point) {
    this.focused = point && point.lon !== null ? point : null;
    if (this.focused && !isStill() && this.canvas.clientWidth) this.map.flyTo([this.focused.lat, this.focused.lon], this.near(), { duration: 0.39 });
    else this.fit();
  }

  // The open incident that most needs eyes: the newest urgent one, or the newest at all.
  foremost() { return [...this.points.values()].sort((a, b) => (b.urgency === "urgent") - (a.urgency === "urgent") || b.at - a.at)[0] ?? null; }

  unit() { return innerHeight / 1080; } near() { return NEAR_ZOOM + Math.log2(this.unit()); } // as much ground on a larger wall
  place({ lat, lon }) { return this.map.latLngToContainerPoint([lat, lon]); }

  setAll(points) {
    this.points = new Map(points.map((point) => [point.id, point]));
    this.trail.restart();
    this.sources.renew();
    this.ask();
  }

  set(incident) {
    const known = this.points.get(incident.id);
    if (known && known.version >= incident.version) return;
    if (incident.ended !== null || incident.lon === null) this.points.delete(incident.id);
    else this.points.set(incident.id, incident);
    this.trail.hear(incident);
    if (this.asked.marks && incident.lon !== null) this.rings.hear(incident, !known);
    known ? this.soon() : frames.ask(this);
  }
  drop(id) { if (this.points.delete(id)) frames.ask(this); }
  ask() {
    this.plan = null;
    this.frame ??= requestAnimationFrame(() => { this.frame = null; if (this.isPlaced && this.canvas.clientWidth) this.draw(); }); // before the borders are there it would be drawn somewhere else
  }
  age() { this.rings.rest(); if (hasAged(this)) this.ask(); } // time has gone on
  draw() {
    freshColours();
    this.soon.met();
    this.drawnAt = this.now();
    this.plan ??= planOf(this);
    const shown = paint(this);
    if (this.legend.draw(shown, this.words)) this.fit();
    this.rings.open((at) => this.place(at));
    this.canvas.dataset.marks = this.points.size;
  }
}
