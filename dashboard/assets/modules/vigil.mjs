// The wall's watch over itself: the server's time, the link, each tile's freshness, the stopwatch and the nightly reload.
import { ofThread } from "./clock-hand.mjs";
import { frames } from "./frames.mjs";
import { Freshness } from "./freshness.mjs";
import { Nightly, ofPage } from "./nightly.mjs";
import { REST_SECONDS, Rounds } from "./rounds.mjs";
import { Stopwatch, painter, send } from "./stopwatch.mjs";

const GRACE_MS = 1200; // a link that comes back at once was never gone
const samples = []; // of this page, whatever areas it shows
const MINUTE = 60, THIRD = 20; // seconds
const STIRRED_MS = 5000; // without anything that comes: then all is calm
const { steady } = ofThread;

export class Vigil {
  // tools: { wall, place, names, clock, header, list, marks, scenes, pulse(version), conductor, past }; a replay measures nothing and never reloads.
  constructor(tools) {
    const { wall, place, names, clock, header, list, marks, scenes, past, conductor } = tools, now = () => clock.now();
    const isShown = (id) => list.isShown(id) || marks.isShown(id);
    Object.assign(this, { ...tools, status: { link: "connecting", since: Date.now() }, stirredAt: -Infinity, painter: painter() });
    this.freshness = new Freshness(place, names, now, () => past?.clock.speed ?? 1);
    this.stopwatch = new Stopwatch({ clock, send, steady, inFrame: (action) => frames.after(action), afterPaint: this.painter.after, isHidden: () => document.hidden || Boolean(past), isShown });
    this.nightly = new Nightly(ofPage(wall, () => ({ now: now(), isLive: this.status.link === "live", isInterrupted: Boolean(scenes.interruption) })), names.zone, past ? "" : names.nightly_reload);
    if (!past) this.stopwatch.samples = samples;
    Object.assign(header, { stopwatch: this.stopwatch, goesOn: !past, stir: () => this.wake() });
    this.hide = () => { if (document.hidden) this.stopwatch.hide(); };
    this.part = () => { this.stopwatch.settle(); this.stopwatch.send(); };
    document.addEventListener("visibilitychange", this.hide);
    addEventListener("pagehide", this.part);
    this.rounds = new Rounds({ ...ofThread, now: past ? steady : now }, () => this.isCalm() && !conductor.isTurning(), (isDue) => this.look(isDue));
    this.draw();
    this.rounds.begin();
  }

  leave() {
    this.isOver = true;
    this.rounds.leave();
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
  stir() { this.stirredAt = steady(); this.wake(); }

  // Something may have to be looked at by the second again.
  wake() { this.rounds.wake(); }

  // Whether nothing has come of late and all is as it should be: the clock goes on by itself.
  isCalm() {
    const isQuiet = steady() - this.stirredAt > STIRRED_MS && this.header.drawn !== "";
    return isQuiet && !this.past && this.status.link === "live" && this.freshness.isWhole;
  }

  hearHeartbeat({ now, sources, past }) {
    this.clock.hear(now)?.then(() => { if (!this.isOver) this.draw(); }); // it was set, and the one that is drawn goes on as before
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
    this.wake();
  }

  look(isDue) {
    this.conductor.tick();
    if (this.rounds.isAtRest || isDue(REST_SECONDS) || !this.isCalm()) {
      this.stopwatch.settle();
      this.draw();
    }
    this.past?.hearLink(this.status.link);
    if (isDue(THIRD)) this.nightly.check();
    if (isDue(MINUTE)) { this.clock.measure(); this.stopwatch.send(); }
  }
}
