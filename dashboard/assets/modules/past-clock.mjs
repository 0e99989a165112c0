// The clock of a replay in the browser: runs at its speed from what the server last said, and stands while it is paused. Pure.

const OFF_SECONDS = 0.6; // the server says it anew every second: less than that is the way here

export class PastClock {
  // world: { steady() -> ms of a clock that only runs }
  constructor(world) { Object.assign(this, { world, at: 0, since: 0, speed: 1, isPlaying: false, isTold: false }); }

  now() { return this.at + (this.isPlaying ? (this.world.steady() - this.since) * this.speed : 0); }

  // said: { at, speed, playing } of the server's replay, instants in ms.
  take({ at, speed, playing }) {
    const isSame = this.isTold && speed === this.speed && playing === this.isPlaying;
    if (isSame && Math.abs(at - this.now()) <= OFF_SECONDS * 1000 * (playing ? speed : 0)) return;
    Object.assign(this, { at, since: this.world.steady(), speed, isPlaying: playing, isTold: true });
  }

  // As the clock of the present does: a replay is never measured, and never off.
  async measure() {}
  hear() {}
  skew() { return null; }
}

// The instant as an address writes it, in the county's own time: 2026-09-30T08:00:05.
export function written(at, zone) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short", timeStyle: "medium", hourCycle: "h23" }).formatToParts(at);
  const found = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${found.year}-${found.month}-${found.day}T${found.hour}:${found.minute}:${found.second}`;
}

const SPEEDS = [1, 2, 5, 10, 30, 60, 120];

// The next speed up (1) or down (-1) of those that are offered.
export function stepped(speed, by) {
  const next = by > 0 ? SPEEDS.find((each) => each > speed) : SPEEDS.findLast((each) => each < speed);
  return next ?? speed;
}
