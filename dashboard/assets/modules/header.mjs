// The header's clock and its honest-data line: link, age of the last event, each source's state, what is still loading.
import { age, duration, fill } from "./words.mjs";
import { element } from "./list.mjs";

export class Header {
  constructor(wall, names) {
    Object.assign(this, { wall, names, skew: 0, link: "connecting", since: Date.now(), sources: [], lastAt: null, progress: null });
    this.clock = document.getElementById("clock");
    this.state = document.getElementById("sources");
    this.progressSlot = document.getElementById("progress");
  }

  now() { return Date.now() + this.skew; }

  setSkew(serverNow) { this.skew = serverNow - Date.now(); }

  setStatus(status) { if (status.link !== this.link) { this.link = status.link; this.since = status.since; this.draw(); } }

  hear({ now, sources }) { this.setSkew(now); this.sources = sources; this.draw(); }

  // A wall whose server is away says so within three seconds.
  draw() {
    const { words } = this.names, now = this.now();
    const away = Date.now() - this.since, shown = this.link !== "live" && away > 1200 ? "down" : this.link;
    this.wall.dataset.link = shown;
    this.clock.textContent = new Intl.DateTimeFormat("en-GB", { timeZone: this.names.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(now);
    const long = shown === "down" && away > 60000 ? ` ${duration(words, away)}` : "";
    const parts = [element("span", `state-word ${shown}`, `${shown === "live" ? "●" : "✕"} ${words[`link.${shown}`]}${long}`)];
    for (const source of this.sources) {
      const name = this.names.sources[source.source] ?? source.source, limit = this.names.freshness_minutes[source.source];
      const isQuiet = limit !== undefined && now - source.received > limit * 60000;
      parts.push(element("span", `state-word ${isQuiet ? "quiet" : ""}`, `${isQuiet ? "▲" : "●"} ${name} ${words[isQuiet ? "source.quiet" : "source.fresh"]}`));
    }
    const newest = Math.max(this.lastAt ?? 0, ...this.sources.map((source) => source.received ?? 0));
    if (newest) parts.push(element("span", "state-word", fill(words.last_event, { age: age(words, now - newest) })));
    this.state.replaceChildren(...parts);
    const running = this.progress && this.progress.done < this.progress.total ? fill(words.progress, this.progress) : "";
    this.progressSlot.textContent = running;
  }
}
