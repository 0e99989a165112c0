// From report to wall: the four times of each new report, the last painted in the frame that showed it. Pure: the world is handed in.

export const KEPT = 200; // the window that the wall's figure is of
export const MOST_UNSENT = 2000; // what the server takes at once
export const LONGEST_MS = 3600000;

export class Stopwatch {
  // world: { steady() -> ms of a clock that only runs, clock: { timeAt(steady) -> the server's ms, isSettled() }, inFrame(action) in the
  // next that draws, afterPaint(action) of this frame, isHidden(), isShown(id), send(body) -> Promise<bool> }
  constructor(world) {
    Object.assign(this, { world, openedAt: world.steady(), linkedAt: -Infinity, waiting: [], seen: [], samples: [], unsent: [] });
  }

  // The link was opened at this moment of the steady clock: what was committed before it is told again, not told.
  link(openedAt) { this.linkedAt = openedAt; }

  // A hidden page paints nothing, and what waits for a frame of it is no measure.
  hide() { this.waiting = []; }

  hear(incident) {
    if (incident.version !== 1 || this.world.isHidden()) return;
    this.waiting.push({ incident, linkedAt: this.linkedAt });
    if (this.waiting.length === 1) this.world.inFrame(() => this.draw());
  }

  // What comes after this frame has drawn and before it is painted is of the next. A list drawn for another reason while a report waits
  // for its frame shows it sooner: then the time is longer than it was, never shorter.
  draw() {
    const drawn = this.waiting.splice(0);
    this.world.afterPaint(() => this.paint(drawn));
  }

  paint(drawn) {
    const shown = drawn.filter(({ incident }) => this.world.isShown(incident.id)), paintedAt = this.world.steady();
    this.seen.push(...shown.map((each) => ({ ...each, paintedAt })));
    this.settle();
  }

  // A page that opens knows the server's time from one round, which may be wrong by more than a report takes: what is painted meanwhile waits.
  settle() {
    if (!this.seen.length || !this.world.clock.isSettled()) return; // a replay's clock is never measured, and nothing is seen by it
    const { clock } = this.world;
    for (const { incident: { id, at, precision, received, committed }, linkedAt, paintedAt } of this.seen.splice(0)) {
      const painted = clock.timeAt(paintedAt), isNew = received >= clock.timeAt(this.openedAt) && committed >= clock.timeAt(linkedAt);
      if (isNew && isCredible(painted - received) && isCredible(painted - committed)) this.keep({ id, submitted: at, precision, received, committed, painted });
    }
  }

  keep(sample) {
    this.samples.push(sample);
    this.ordered = null;
    this.unsent.push(sample);
    if (this.samples.length > KEPT) this.samples.shift();
    if (this.unsent.length > MOST_UNSENT) this.unsent.shift();
  }

  // Milliseconds from report to wall that a share of the window does not exceed; null without any.
  quantile(share) {
    const ordered = this.ordered ??= this.samples.map((sample) => sample.painted - sample.received).sort((a, b) => a - b); // asked every second
    return ordered.length ? ordered[Math.max(0, Math.ceil(ordered.length * share) - 1)] : null;
  }

  // Durations only. What could not be sent goes with the next.
  async send() {
    if (!this.unsent.length) return;
    const sending = this.unsent.splice(0);
    const body = { report_to_wall: sending.map((each) => rounded(each.painted - each.received)), commit_to_paint: sending.map((each) => rounded(each.painted - each.committed)) };
    if (!await this.world.send(body)) this.unsent = [...sending, ...this.unsent].slice(-MOST_UNSENT);
  }
}

function isCredible(duration) { return duration >= 0 && duration <= LONGEST_MS; }

function rounded(duration) { return Math.round(duration * 10) / 10; }

export function send(body) {
  const asked = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), keepalive: true };
  return fetch("/stopwatch", asked).then((answer) => answer.ok || answer.status === 400, () => false);
}

// A message posted in a frame's own callback arrives after the frame was painted.
export function painter() {
  const { port1, port2 } = new MessageChannel();
  let actions = [];
  port1.onmessage = () => actions.splice(0).forEach((action) => action());
  return {
    after(action) { actions.push(action); if (actions.length === 1) port2.postMessage(0); },
    close() { actions = []; port1.close(); },
  };
}
