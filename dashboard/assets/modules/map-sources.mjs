// What the map asks the server for, each answer kept for a while; when the next one fails the last one stays. And today's trail.

import { at as ofHouse } from "./house.mjs";

const AGAIN_MS = 60000, MOST_HEARD = 5000;

export class Sources {
  // `arrived()` is called when there is a new answer.
  constructor(arrived) { Object.assign(this, { arrived, known: new Map() }); }

  forget() { this.known.clear(); }

  // All are asked for again when next wanted; until they come the last ones stay.
  renew() { this.known.forEach((found) => { found.askedAt = -Infinity; }); }

  // The newest answer of an address, or null; asks for a newer one when it is too old.
  get(address, keptMs = AGAIN_MS) {
    const found = this.known.get(address) ?? { content: null, askedAt: -Infinity };
    if (performance.now() - found.askedAt > keptMs) { this.known.set(address, { ...found, askedAt: performance.now() }); this.ask(address); }
    return found.content;
  }

  async ask(address) {
    const answer = await fetch(ofHouse(address)).catch(() => null);
    const content = answer?.ok ? await answer.json().catch(() => null) : null;
    const found = this.known.get(address);
    if (!found || !content) return;
    this.known.set(address, { ...found, content });
    this.arrived();
  }
}

// Today's reports by place: the server's answer and what has been heard since.
export class Trail {
  constructor(sources) { Object.assign(this, { sources, heard: new Map() }); }

  restart() { this.heard.clear(); }

  hear({ id, lon, lat, at }) {
    if (lon === null) this.heard.delete(id);
    else this.heard.set(id, { lon, lat, at });
    if (this.heard.size > MOST_HEARD) this.heard.delete(this.heard.keys().next().value);
  }

  points(address, now) {
    const content = this.sources.get(address, 600000);
    if (!content) return [];
    if (now >= content.until) { this.sources.known.delete(address); return []; }
    const known = content.points.filter(([id]) => !this.heard.has(id)).map(([, lon, lat, at]) => ({ lon, lat, at }));
    return [...known, ...[...this.heard.values()].filter(({ at }) => at >= content.from)];
  }
}
