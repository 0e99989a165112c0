// When a wall looks at itself: with each second, and at rest every few. Pure: the world is handed in.
import { EARLY_MS } from "./clock-hand.mjs";

export const REST_SECONDS = 5; // between two rounds at rest

export class Rounds {
  // world: { now() -> ms of the clock that is shown, steady() -> ms of one that only runs, later(action, ms), never(timer) };
  // isResting() says whether nothing changes with the second; look(isDue) looks, isDue(seconds) telling it what comes round that often.
  constructor(world, isResting, look) { Object.assign(this, { world, isResting, look, isAtRest: false, at: 0, timer: null }); }

  // What changes with the second changes in one frame, when the second does.
  begin() {
    this.isAtRest = this.isResting();
    const pause = 1000 * (this.isAtRest ? REST_SECONDS : 1);
    this.timer = this.world.later(() => { this.begin(); this.go(); }, pause - (this.world.now() % pause) + EARLY_MS);
  }

  go() {
    const before = this.at;
    this.at = Math.round(this.world.steady() / 1000);
    this.look((seconds) => Math.floor(this.at / seconds) > Math.floor(before / seconds));
  }

  // Something changes with the second again.
  wake() {
    if (!this.isAtRest || this.isResting()) return;
    this.leave();
    this.begin();
  }

  leave() {
    this.world.never(this.timer);
    this.isAtRest = false; // whoever wakes what has been left wakes nothing
  }
}
