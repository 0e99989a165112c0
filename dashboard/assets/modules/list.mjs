// The live list, newest first. It keeps whole states by incident; the highest version wins.
import { afterglow } from "./afterglow.mjs";
import { element } from "./elements.mjs";
import { frames } from "./frames.mjs";
import { arrange, drawn, growOlder, rowOf } from "./list-row.mjs";

const MOST = 40, SPARE = 2, GLOW_MS = 380;

export class LiveList {
  constructor(slot, names, now, level) {
    this.level = level;
    this.names = names;
    this.now = now;
    this.states = new Map();
    this.changed = new Set();
    this.rows = new Map(); // those made last, by incident: what they say and their element
    this.tried = []; // the elements that were last put in and measured
    this.room = MOST; // rows worth making: as many as fitted, and some
    this.frame = null;
    this.element = element("ol", "rows");
    slot.replaceChildren(this.element);
    this.resizing = new ResizeObserver(() => { Object.assign(this, { room: MOST, tried: [] }); this.draw(); });
    this.resizing.observe(slot);
  }

  leave() {
    this.resizing.disconnect();
    frames.drop(this);
    cancelAnimationFrame(this.frame);
  }

  isShown(id) { return this.element.clientHeight > 0 && this.element.querySelector(`[data-incident="${id}"]`) !== null; }

  setAll(incidents) {
    this.states.clear();
    incidents.forEach((incident) => this.states.set(incident.id, incident));
    this.draw();
  }

  set(incident) {
    const known = this.states.get(incident.id);
    if (known && known.version >= incident.version) return;
    if (!known && this.states.size >= MOST && incident.at < this.oldest()) return;
    this.states.set(incident.id, incident);
    this.changed.add(incident.id);
    frames.ask(this);
  }

  drop(id) { if (this.states.delete(id)) frames.ask(this); }

  // Once a frame, whoever asks.
  ask() {
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); });
  }

  oldest() { return Math.min(...[...this.states.values()].map((incident) => incident.at)); }

  draw() {
    const sorted = [...this.states.values()].sort((a, b) => b.at - a.at || b.id - a.id);
    sorted.slice(MOST).forEach((incident) => this.states.delete(incident.id));
    if (sorted.length) this.fill(sorted.slice(0, MOST));
    else this.empty();
    this.changed.forEach((id) => afterglow.start(`row-${id}`, GLOW_MS, (share) => this.glow(id, 1 - share)));
    this.changed.clear();
  }

  // The row may be another one by now.
  glow(id, strength) { this.element.querySelector(`[data-incident="${id}"]`)?.style.setProperty("--glow", strength); }

  // A row that does not fit is left out, not cut.
  fill(incidents) {
    this.rows = new Map(incidents.slice(0, this.room).map((incident) => [incident.id, this.row(incident)]));
    const wanted = [...this.rows.values()].map((row) => row.element);
    if (wanted.length === this.tried.length && wanted.every((row, place) => row === this.tried[place])) return; // they fit as they did
    arrange(this.element, this.tried = wanted);
    const floor = this.element.parentElement.getBoundingClientRect().bottom + 1;
    // All are measured before any is taken away: measuring after each would lay the page out anew for each.
    const tooLow = [...this.element.children].filter((row) => row.getBoundingClientRect().bottom > floor);
    const mayMoreFit = !tooLow.length && this.room < incidents.length;
    // Out of the list nobody ends its glow.
    tooLow.forEach((row) => { row.style.removeProperty("--glow"); row.remove(); });
    this.room = mayMoreFit ? MOST : this.element.childElementCount + SPARE;
    if (mayMoreFit) this.fill(incidents);
  }

  empty() {
    this.tried = [];
    this.element.replaceChildren(element("li", "note note-empty", this.names.words["list.empty"]));
  }

  // The element that says this already but for its age, or a new one.
  row(incident) {
    const { age, ...said } = rowOf(incident, this.names, this.now(), this.level), mark = JSON.stringify(said), known = this.rows.get(incident.id);
    if (known?.mark !== mark) return { mark, age, element: drawn({ ...said, age }) };
    if (known.age !== age) growOlder(known.element, age);
    return { mark, age, element: known.element };
  }
}
