// The server's time in the browser: measured with half the round trip, carried on by a clock that nobody can set. Pure: the world is handed in.

export const TELLING_MS = 2000; // a machine's clock further off than this is told
export const DRIFT = 1e-4; // how far two clocks may part in a while, as a share of it
const ROUNDS = 4, LATE_MS = 1500, AGAIN_MS = 5000;
const SURE_MS = 5; // a round that is off by no more needs no other
const REST_MS = 2000; // a page that opens has better to do than the rounds after the first

export class ServerClock {
  // world: { ask() -> Promise<{ now, ahead }>, steady() -> ms of a clock that only runs, machine() -> ms of the machine's clock,
  // rest(ms) -> Promise }
  constructor(world) { Object.assign(this, { world, offset: null, error: Infinity, at: 0, ahead: 0, isAsking: false, askedAt: -Infinity }); }

  now() { return this.offset === null ? this.world.machine() : this.timeAt(this.world.steady()); }

  // The server's time at an instant of the clock that only runs.
  timeAt(steady) { return steady + this.offset; }

  // Whether a measurement has been made to its end, or the server could not be asked.
  isSettled() { return this.askedAt > -Infinity; }

  // How far the measured time may be off by now.
  bound() { return this.error + (this.world.steady() - this.at) * DRIFT; }

  // One round is enough to begin with; the others, where it is not sure, go on. Asked again, the answer is the same one.
  begin() { return this.begun ??= new Promise((resume) => { this.measure(() => { resume(); return this.world.rest(REST_MS); }).then(resume); }); }

  async measure(heard = () => {}) {
    if (this.isAsking) return;
    this.isAsking = true;
    for (let round = 0; round < ROUNDS; round += 1) {
      const begin = this.world.steady();
      const said = await this.world.ask().catch(() => null); // the server is away: the next minute asks again
      if (!said) break;
      const end = this.world.steady();
      this.take(said.now - (begin + end) / 2, (end - begin) / 2);
      this.ahead = said.ahead;
      if (end - begin <= 2 * SURE_MS) break;
      if (round === 0) await heard();
    }
    this.isAsking = false;
    this.askedAt = this.world.steady();
  }

  // The surer of the two measurements holds; one that cannot be true any more gives way at once.
  take(offset, error) {
    const isImpossible = this.offset !== null && Math.abs(offset - this.offset) > error + this.bound();
    if (this.offset !== null && !isImpossible && error > this.bound()) return;
    Object.assign(this, { offset, error, at: this.world.steady() });
  }

  // A heartbeat is a little old when it arrives, never young: it tells that a clock was set, or that this machine slept.
  hear(now) {
    const behind = this.now() - now;
    if (this.offset === null) this.take(now - this.world.steady(), LATE_MS);
    else if ((behind > LATE_MS || behind < -this.bound() - 1) && this.world.steady() - this.askedAt > AGAIN_MS) return this.measure();
    return null;
  }

  // How far the machine's own clock is ahead of the server's, in milliseconds; null where that cannot be told or is not worth telling.
  skew() {
    if (this.error >= LATE_MS) return null;
    const skew = this.world.machine() - (this.now() - this.ahead);
    return Math.abs(skew) - this.bound() > TELLING_MS ? skew : null;
  }
}

export const ofBrowser = () => new ServerClock({
  ask: () => fetch("/now", { cache: "no-store", signal: AbortSignal.timeout(5000) }).then((answer) => answer.json()),
  steady: () => performance.now(),
  machine: () => Date.now(),
  rest: (ms) => new Promise((resume) => setTimeout(resume, ms)),
});
