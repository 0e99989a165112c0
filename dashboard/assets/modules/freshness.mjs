// What each tile is in: loading, fresh, stale, failed or cut off, and since when. It never freezes silently and never shows a blank.
import { duration, fill } from "./words.mjs";
import { element } from "./elements.mjs";

export const LIVE = ["list", "map"]; // drawn from the stream itself: as fresh as the link
export const SLOW_MS = 10000; // a tile that loads for longer says so

// known: { asOf, hasFailed, wantedAt, limit }, instants and durations in ms; link: { isCut, since }. Pure.
export function stateOf({ asOf = null, hasFailed = false, wantedAt, limit }, link, now) {
  if (link.isCut) return { state: "cut", since: link.since };
  if (hasFailed) return { state: "failed", since: asOf };
  if (asOf === null) return { state: "loading", since: wantedAt };
  return { state: now - asOf > limit ? "stale" : "fresh", since: asOf };
}

export class Freshness {
  constructor(stage, names, now, pace = () => 1) {
    Object.assign(this, { stage, words: names.words, limits: names.freshness_seconds, now, pace, known: new Map(), link: { isCut: false, since: 0 }, isWhole: false });
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone: names.zone, hour: "2-digit", minute: "2-digit" });
  }

  // The server has answered for these tiles: how old their figures are, and which it could not read.
  confirm({ as_of: asOf, failed }) {
    for (const [tile, at] of Object.entries(asOf)) this.learn(tile, { asOf: at, hasFailed: failed.includes(tile) });
    this.draw();
  }

  // Other figures are wanted of these tiles: until they come they load, whatever stands in them.
  renew(tiles) {
    tiles.filter((tile) => !LIVE.includes(tile)).forEach((tile) => this.learn(tile, { asOf: null, hasFailed: false, wantedAt: this.now() }));
    this.draw();
  }

  // The whole state is there: what the stream draws is shown.
  confirmLive() { LIVE.forEach((tile) => this.learn(tile, { asOf: this.now() })); }

  learn(tile, news) { this.known.set(tile, { ...this.known.get(tile), ...news }); }

  draw() {
    const now = this.now();
    this.isWhole = true; // every tile that stands here is fresh
    for (const panel of this.stage.children) {
      const tile = / panel-(\S+)/.exec(panel.className)?.[1];
      if (!tile) continue;
      if (panel.classList.contains("away")) { this.learn(tile, { wantedAt: null }); continue; }
      const known = this.known.get(tile), wantedAt = known?.wantedAt ?? now;
      if (known?.wantedAt !== wantedAt) this.learn(tile, { wantedAt });
      const limit = LIVE.includes(tile) ? Infinity : this.limits[tile] * 1000 * this.pace(); // as long as it looks, however fast time goes
      const { state, since } = stateOf({ ...known, wantedAt, limit }, this.link, now);
      this.isWhole &&= state === "fresh";
      if (panel.dataset.state === state && state === "fresh") continue; // most seconds change nothing
      panel.dataset.state = state;
      mark(panel, state === "failed" ? panel.querySelector(".note-failed")?.textContent : this.said(state, since, now));
    }
  }

  // A failed tile repeats the server's words instead.
  said(state, since, now) {
    const { words } = this, time = since && this.clock.format(since), lasting = duration(words, now - since);
    if (state === "cut") return `${words["link.down"]} · ${fill(words["state.since"], { time })} · ${lasting}`;
    if (state === "stale") return `${fill(words["state.stale"], { time })} · ${lasting}`;
    if (state === "loading" && now - since > SLOW_MS) return fill(words["state.slow"], { seconds: Math.floor((now - since) / 1000) });
    return "";
  }
}

function mark(panel, words) {
  let found = panel.querySelector(":scope > .state-mark");
  if (!words) return void found?.remove();
  if (!found) panel.append(found = element("div", "state-mark"));
  if (found.textContent !== words) found.textContent = words;
}
