// What shows for a moment, under 400 ms, that something has just changed. One clock for all of it, and slower steps while much changes:
// each step is a frame, and frames are what a wall costs.

const CALM_STEP_MS = 48, REST_MS = 1600;
const BUSY_MS = 240; // what shows while much changes shows no longer, and steps in the frames of what begins
const TOGETHER_MS = 40; // what begins within so long began with the same change, and what has less to go ends with the others

export class Afterglow {
  // world: { now(), later(action, milliseconds), isStill() }
  constructor(world) { Object.assign(this, { world, glowing: new Map(), last: -Infinity, isBusy: false, turn: 0 }); }

  // `draw(share)` is called now with 0, then with the share of the duration that is over, in the end with 1; once begun anew, from 0.
  start(key, duration, draw) {
    if (this.world.isStill()) return;
    const now = this.world.now(), since = now - this.last, isAnother = since > TOGETHER_MS;
    if (isAnother) Object.assign(this, { isBusy: since < REST_MS, last: now });
    this.glowing.set(key, { began: now, duration: this.isBusy ? Math.min(duration, BUSY_MS) : duration, draw });
    // There is a frame for this one anyway: while much changes, all others take their step in it.
    if (this.isBusy && isAnother) return this.step();
    draw(0);
    if (this.glowing.size === 1) this.wait();
  }

  end(key) { this.glowing.delete(key); }

  wait() {
    const turn = this.turn += 1, now = this.world.now(), left = Math.min(...[...this.glowing.values()].map(({ began, duration }) => began + duration - now));
    this.world.later(() => { if (turn === this.turn) this.step(); }, Math.min(left, this.isBusy ? BUSY_MS : CALM_STEP_MS));
  }

  step() {
    const now = this.world.now();
    for (const [key, { began, duration, draw }] of this.glowing) {
      const isOver = began + duration - now <= TOGETHER_MS;
      if (isOver) this.glowing.delete(key);
      draw(isOver ? 1 : (now - began) / duration);
    }
    if (this.glowing.size) this.wait();
  }
}

// Whether nothing is to move.
export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export const afterglow = new Afterglow({ now: () => performance.now(), later: (action, milliseconds) => setTimeout(action, milliseconds), isStill });
