// The header's clock and its honest-data line: the link, what is abnormal, how long a report takes to the wall, the last event's age.
import { Face } from "./clock-face.mjs";
import { age, duration, fill } from "./words.mjs";
import { element } from "./elements.mjs";

export class Header {
  constructor(wall, names, clock) {
    Object.assign(this, { wall, names, clock, link: { shown: "connecting", since: 0 }, sources: [], lastAt: null, progress: null, stopwatch: null, goesOn: true, stir() {}, drawn: "" });
    this.face = new Face(document.getElementById("clock"), names.zone);
    [this.state, this.progressSlot, this.ledger] = ["sources", "progress", "panel-ledger"].map((id) => document.getElementById(id));
    // What has less room, or leaves less.
    this.roomed = () => { this.drawn = ""; this.stir(); };
    this.rooms = new MutationObserver(this.roomed);
    this.rooms.observe(this.ledger, { childList: true, characterData: true, subtree: true });
    addEventListener("resize", this.roomed);
    this.format = new Intl.DateTimeFormat("en-GB", { timeZone: names.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
  }

  now() { return this.clock.now(); }
  leave() { this.rooms.disconnect(); this.face.leave(); removeEventListener("resize", this.roomed); }

  draw() {
    const { words } = this.names, { progress } = this;
    if (this.wall.dataset.link !== this.link.shown) this.wall.dataset.link = this.link.shown;
    const running = progress && progress.done < progress.total ? fill(words.progress, progress) : "";
    this.tell(this.stopwatch);
    const parts = this.parts(this.now()), drawn = JSON.stringify([parts, running]);
    this.face.show(this.now(), this.goesOn);
    if (drawn === this.drawn) return; // most seconds change nothing
    this.drawn = drawn;
    this.progressSlot.textContent = running;
    this.state.replaceChildren(...parts.map(([kind, text]) => element("span", `state-word ${kind}`, text)));
    // What is normal gives way where the line is full.
    while (this.isFull() && this.state.querySelector(":scope > .spare")) [...this.state.querySelectorAll(":scope > .spare")].at(-1).remove();
  }

  // For whoever compares: milliseconds from report to wall.
  tell(stopwatch) {
    if (!stopwatch?.samples.length) return;
    const figures = { samples: stopwatch.samples.length, p95: stopwatch.quantile(0.95), median: stopwatch.quantile(0.5) };
    for (const [name, figure] of Object.entries(figures)) if (this.state.dataset[name] !== String(figure)) this.state.dataset[name] = figure;
  }

  isFull() {
    const balance = this.ledger.querySelector(".ledger"), line = this.state.parentElement;
    return line.scrollWidth > line.clientWidth || (balance && balance.scrollWidth > balance.clientWidth);
  }

  // Pairs of a kind and words. Only the link is always said; of a server that is away nothing else is known.
  parts(now) {
    const { words } = this.names, { shown, since } = this.link;
    if (shown === "down") {
      const [time, lasting] = [this.format.format(since), now - since < 60000 ? "" : ` · ${duration(words, now - since)}`];
      return [["down", `✕ ${words["link.down"]} · ${fill(words["state.since"], { time })}${lasting}`]];
    }
    const parts = [[shown, `${shown === "live" ? "●" : "✕"} ${words[`link.${shown}`]}`]], skew = this.clock.skew();
    if (skew !== null) parts.push(["quiet", `▲ ${fill(words[skew > 0 ? "clock.fast" : "clock.slow"], { duration: this.lasting(Math.abs(skew)) })}`]);
    for (const { source, received } of this.sources) {
      const limit = this.names.freshness_minutes[source], isQuiet = limit !== undefined && now - received > limit * 60000;
      if (isQuiet) parts.push(["quiet", `▲ ${this.names.sources[source] ?? source} ${words["source.quiet"]}`]);
    }
    const newest = Math.max(this.lastAt ?? 0, ...this.sources.map((source) => source.received ?? 0)), slowest = this.stopwatch?.quantile(0.95) ?? null;
    if (slowest !== null) parts.push(["spare", fill(words.stopwatch, { seconds: (slowest / 1000).toFixed(slowest < 9995 ? 2 : 0) })]);
    if (newest) parts.push(["spare", fill(words.last_event, { age: age(words, now - newest) })]);
    return parts;
  }

  lasting(milliseconds) {
    const seconds = Math.round(milliseconds / 1000);
    return seconds < 60 ? fill(this.names.words["duration.seconds"], { seconds }) : duration(this.names.words, seconds * 1000);
  }
}

// The page's own title, language and theme.
export function entitle(names, selection, asked) {
  document.title = `${names.words.title} · ${names.areas[selection.area] ?? names.words.centre}`;
  Object.assign(document.documentElement, { lang: selection.language }).dataset.theme = asked.get("theme") ?? "dark";
}
