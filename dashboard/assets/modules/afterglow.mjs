// What shows for a moment, under 400 ms, that something has just changed. One clock for all of it, and slower steps while much changes:
// each step is a frame, and frames are what a wall costs.

const CALM_STEP_MS = 48, BUSY_STEP_MS = 240, REST_MS = 1000;
const TOGETHER_MS = 40; // what begins within so long began with the same change

export class Afterglow {
  // world: { now(), later(action, milliseconds), isStill() }
  constructor(world) { Object.assign(this, { world, glowing: new Map(), last: -Infinity, isBusy: false, turn: 0 }); }

  // `draw(share)` is called now with 0, then with the share of the duration that is over, in the end with 1; once begun anew, from 0.
  start(key, duration, draw) {
    if (this.world.isStill()) return;
    const now = this.world.now(), since = now - this.last;
    if (since > TOGETHER_MS) Object.assign(this, { isBusy: since < REST_MS, last: now });
    this.glowing.set(key, { began: now, duration, draw });
    // There is a frame for this one anyway: while much changes, all others take their step in it.
    if (this.isBusy) return this.step();
    draw(0);
    if (this.glowing.size === 1) this.wait();
  }

  end(key) { this.glowing.delete(key); }

  wait() {
    const turn = this.turn += 1;
    this.world.later(() => { if (turn === this.turn) this.step(); }, this.isBusy ? BUSY_STEP_MS : CALM_STEP_MS);
  }

  step() {
    const now = this.world.now();
    for (const [key, { began, duration, draw }] of this.glowing) {
      const share = Math.min(1, (now - began) / duration);
      if (share === 1) this.glowing.delete(key);
      draw(share);
    }
    if (this.glowing.size) this.wait();
  }
}

// Whether nothing is to move.
export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export const afterglow = new Afterglow({ now: () => performance.now(), later: (action, milliseconds) => setTimeout(action, milliseconds), isStill });
