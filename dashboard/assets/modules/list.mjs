// The live list, newest first. It keeps whole states by incident; the highest version wins. Text is only ever text.
import { afterglow } from "./afterglow.mjs";
import { element } from "./elements.mjs";
import { STAGE_OF, age, fill, shape, standing } from "./words.mjs";

const MOST = 40, SPARE = 2, GLOW_MS = 380;

export class LiveList {
  constructor(slot, names, now, level) {
    this.level = level;
    this.names = names;
    this.now = now;
    this.states = new Map();
    this.changed = new Set();
    this.room = MOST; // rows worth making: as many as fitted, and some
    this.frame = null;
    this.element = element("ol", "rows");
    slot.replaceChildren(this.element);
    this.resizing = new ResizeObserver(() => { this.room = MOST; this.draw(); });
    this.resizing.observe(slot);
  }

  leave() { this.resizing.disconnect(); }

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
    this.ask();
  }

  drop(id) { if (this.states.delete(id)) this.ask(); }

  // Once a frame, however many changes come at once after the server was away.
  ask() {
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); });
  }

  oldest() { return Math.min(...[...this.states.values()].map((incident) => incident.at)); }

  draw() {
    const sorted = [...this.states.values()].sort((a, b) => b.at - a.at || b.id - a.id);
    sorted.slice(MOST).forEach((incident) => this.states.delete(incident.id));
    if (sorted.length) this.fill(sorted.slice(0, MOST));
    else this.element.replaceChildren(element("li", "note note-empty", this.names.words["list.empty"]));
    this.changed.forEach((id) => afterglow.start(`row-${id}`, GLOW_MS, (share) => this.glow(id, 1 - share)));
    this.changed.clear();
  }

  // The row may be another one by now.
  glow(id, strength) { this.element.querySelector(`[data-incident="${id}"]`)?.style.setProperty("--glow", strength); }

  // A row that does not fit is left out, not cut.
  fill(incidents) {
    this.element.replaceChildren(...incidents.slice(0, this.room).map((incident) => this.row(incident)));
    const floor = this.element.parentElement.getBoundingClientRect().bottom + 1;
    // All are measured before any is taken away: measuring after each would lay the page out anew for each.
    const tooLow = [...this.element.children].filter((row) => row.getBoundingClientRect().bottom > floor);
    const mayMoreFit = !tooLow.length && this.room < incidents.length;
    tooLow.forEach((row) => row.remove());
    this.room = mayMoreFit ? MOST : this.element.childElementCount + SPARE;
    if (mayMoreFit) this.fill(incidents);
  }

  row(incident) {
    const { names } = this, now = this.now(), kind = standing(incident, now);
    const row = element("li", `row${now - incident.at < 300000 ? " fresh" : ""}`);
    row.dataset.incident = incident.id;
    // On a town's own wall its name goes without saying.
    const place = [this.level === "county" ? incident.township : null, incident.village].map((code) => names.areas[code]).filter(Boolean).join(" · ");
    const head = element("div", "row-head");
    head.append(element("span", `shape ${kind}`, shape(kind)), element("span", "row-category", names.categories[incident.category] ?? ""),
      element("span", "row-place", place), element("span", "row-age", age(names.words, now - incident.at)));
    const hidden = incident.restricted ? names.words.restricted : incident.text ? "" : fill(names.words.no_text, { media: incident.media });
    const text = element("div", `row-text${hidden ? " quiet" : ""}`, hidden || incident.text.replaceAll("\n", " "));
    const foot = element("div", "row-foot");
    const held = [names.states[incident.state], names.organisations[incident.holder]].filter(Boolean).join(" · ");
    foot.append(stages(incident), element("span", "row-state", held), element("span", "row-channel", names.channels[incident.channel] ?? ""));
    row.append(head, text, foot);
    return row;
  }
}

function stages(incident) {
  const at = STAGE_OF[incident.state] ?? 1, marks = element("span", "stages");
  for (let stage = 1; stage <= 6; stage += 1) marks.append(element("i", stage < at ? "done" : stage === at ? "at" : ""));
  return marks;
}
