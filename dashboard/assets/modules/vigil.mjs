// The wall's watch over itself: the server's time, the link, each tile's freshness, the stopwatch and the nightly reload.
import { frames } from "./frames.mjs";
import { Freshness } from "./freshness.mjs";
import { Nightly, ofPage } from "./nightly.mjs";
import { Stopwatch, painter, send } from "./stopwatch.mjs";

const GRACE_MS = 1200; // a link that comes back at once was never gone
const samples = []; // of this page, whatever areas it shows
const EARLY_MS = 2; // a timer may be early by a little
const MINUTE = 60, THIRD = 20; // seconds
const STIRRED = 5, LOOK = 5; // seconds: after so many without anything, all is looked at no oftener than this

export class Vigil {
  // tools: { wall, place, names, clock, header, list, marks, scenes, pulse(version), beat(), past }; a replay measures nothing and never reloads.
  constructor(tools) {
    const { wall, place, names, clock, header, list, marks, scenes, past } = tools, now = () => clock.now();
    const isShown = (id) => list.isShown(id) || marks.isShown(id);
    Object.assign(this, { ...tools, status: { link: "connecting", since: Date.now() }, seconds: 0, stirredAt: 0, painter: painter() });
    this.freshness = new Freshness(place, names, now, () => past?.clock.speed ?? 1);
    this.stopwatch = new Stopwatch({ clock, send, steady: () => performance.now(), inFrame: (action) => frames.after(action), afterPaint: this.painter.after, isHidden: () => document.hidden || Boolean(past), isShown });
    this.nightly = new Nightly(ofPage(wall, () => ({ now: now(), isLive: this.status.link === "live", isInterrupted: Boolean(scenes.interruption) })), names.zone, past ? "" : names.nightly_reload);
    if (!past) this.stopwatch.samples = samples;
    header.stopwatch = this.stopwatch;
    this.hide = () => { if (document.hidden) this.stopwatch.hide(); };
    this.part = () => { this.stopwatch.settle(); this.stopwatch.send(); };
    document.addEventListener("visibilitychange", this.hide);
    addEventListener("pagehide", this.part);
    this.draw();
    this.next();
  }

  // What changes with the second changes in one frame, when the second does.
  next() {
    const left = this.past ? 1000 : 1000 - (this.clock.now() % 1000) + EARLY_MS;
    this.timer = setTimeout(() => { this.next(); this.tick(); }, left);
  }

  leave() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.hide);
    removeEventListener("pagehide", this.part);
    this.painter.close();
    this.part();
  }

  hearState(state) {
    this.clock.hear(state.now);
    this.freshness.confirmLive();
    this.draw();
  }

  hearChange({ incident }) { if (incident) this.stopwatch.hear(incident); }

  // Figures are asked for: something has come, or another scene.
  stir() { this.stirredAt = this.seconds; }

  // Whether nothing has come of late and all is as it should be: then most seconds only put the time on.
  isCalm() {
    const isQuiet = this.seconds - this.stirredAt > STIRRED && this.header.drawn !== "";
    return isQuiet && !this.past && this.status.link === "live" && this.freshness.isWhole;
  }

  hearHeartbeat({ now, sources, past }) {
    this.clock.hear(now);
    if (past) this.past?.hear(past);
    this.header.sources = sources; // drawn with the next look
  }

  // status: { link, since, opened }, instants of this machine's clock.
  hearStatus(status) {
    const isBack = status.link === "live" && this.status.link !== "live";
    this.status = status;
    if (status.opened) this.stopwatch.link(performance.now() - (Date.now() - status.opened));
    if (isBack) this.pulse(`b${status.since}`); // all figures are asked for anew
    this.draw();
  }

  draw() {
    const { link, since } = this.status, away = Date.now() - since, isCut = link !== "live" && away > GRACE_MS;
    this.header.link = { shown: isCut ? "down" : link, since: this.clock.now() - away };
    this.freshness.link = { isCut, since: this.header.link.since };
    this.header.draw();
    this.freshness.draw();
  }

  tick() {
    this.seconds += 1;
    this.beat();
    if (this.isCalm() && this.seconds % LOOK) this.header.tick();
    else {
      this.stopwatch.settle();
      this.draw();
    }
    this.past?.hearLink(this.status.link);
    if (this.seconds % THIRD === 0) this.nightly.check();
    if (this.seconds % MINUTE === 0) { this.clock.measure(); this.stopwatch.send(); }
  }
}
