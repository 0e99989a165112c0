// A ring that opens where something has just changed: an element of its own over the map, so that the map is not drawn anew for it.
import { afterglow } from "./afterglow.mjs";
import { element } from "./elements.mjs";

const NEW_MS = 390, CHANGED_MS = 260, MOST = 12; // more at once would be noise
const SMALLEST = 0.2, AT_REST = "0";
export const REST_MS = 10000;

export class Rings {
  constructor(canvas) { Object.assign(this, { panel: canvas.parentElement, heard: new Map(), marks: [], openedAt: -Infinity }); }

  // Opens with the next picture of the map.
  hear({ id, lon, lat }, isNew) { this.heard.set(id, { lon, lat, duration: isNew ? NEW_MS : CHANGED_MS }); }

  open(place) {
    for (const ring of this.heard.values()) this.start(place(ring), ring.duration);
    this.heard.clear();
  }

  start({ x, y }, duration) {
    this.openedAt = performance.now();
    const mark = this.marks.find(({ style }) => style.opacity === AT_REST) ?? this.made();
    if (mark) afterglow.start(mark, duration, (share) => Object.assign(mark.style, { transform: `translate(${x}px, ${y}px) scale(${SMALLEST + (1 - SMALLEST) * share})`, opacity: String(1 - share) }));
  }

  made() {
    if (this.marks.length === MOST) return null;
    const mark = element("i", "map-ring");
    mark.style.opacity = AT_REST;
    this.marks.push(mark);
    this.panel.append(mark);
    return mark;
  }

  // Each ring is a layer of its own, which every frame of the page has to look at, seen or not: where nothing changes there are none.
  rest() {
    if (performance.now() - this.openedAt < REST_MS) return;
    this.marks.splice(0).forEach((mark) => mark.remove());
  }

  // The ground moves under them.
  clear() {
    this.heard.clear();
    for (const mark of this.marks) { afterglow.end(mark); mark.style.opacity = AT_REST; }
  }

  leave() { this.clear(); this.marks.splice(0).forEach((mark) => mark.remove()); }
}
