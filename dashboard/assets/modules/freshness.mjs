// How old each tile's figures are: past its limit a tile is hatched, dims and says its age; it never freezes silently. Pure but for the panels.
import { duration, fill } from "./words.mjs";
import { element } from "./list.mjs";

export const LIMIT_MS = 150000; // figures are asked for anew at least once a minute

export class Freshness {
  constructor(stage, names, now) {
    Object.assign(this, { stage, words: names.words, now, confirmed: new Map() });
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone: names.zone, hour: "2-digit", minute: "2-digit" });
  }

  // The server has answered for these tiles: what they show is as of now.
  confirm(tiles, at = this.now()) {
    tiles.forEach((tile) => this.confirmed.set(tile, at));
    this.draw();
  }

  draw() {
    for (const panel of this.stage.children) {
      const tile = [...panel.classList].find((name) => name.startsWith("panel-"))?.slice(6), at = this.confirmed.get(tile);
      if (at === undefined) continue;
      const age = this.now() - at, isStale = age > LIMIT_MS;
      if (panel.dataset.state !== (isStale ? "stale" : "fresh")) panel.dataset.state = isStale ? "stale" : "fresh";
      let mark = panel.querySelector(":scope > .stale-mark");
      if (!isStale) { mark?.remove(); continue; }
      if (!mark) panel.append(mark = element("div", "stale-mark"));
      const words = `✕ ${fill(this.words["state.stale"], { time: this.clock.format(at) })} · ${duration(this.words, age)}`;
      if (mark.textContent !== words) mark.textContent = words;
    }
  }
}
