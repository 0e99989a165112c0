export const FIGURES_MS = 2000; // more often nobody reads them anew

// Not more often than once in so many milliseconds, at once after a rest, and the newest always.
export function onceIn(pause, action) {
  let last = -Infinity, waiting = null, newest;
  return (value) => {
    newest = value;
    waiting ??= setTimeout(() => { waiting = null; last = performance.now(); action(newest); }, Math.max(0, pause - (performance.now() - last)));
  };
}

// Called now and then: marks each minute of a clock once, and at every call while there is a hurry.
export function onceAMinute(now, action, isInAHurry) {
  let marked = null;
  return () => {
    const minute = Math.floor(now() / 60000);
    if (minute === marked && !isInAHurry()) return;
    marked = minute;
    action(`m${minute}`);
  };
}

const LONGEST_MS = 3000;

// What is asked while an answer to the same is on its way waits for it: asked beside it, it would put the answer off.
export class Patience {
  // `isAwaited()` says whether such an answer is on its way; none is waited for longer than a while.
  constructor(isAwaited, action, now = () => performance.now()) { Object.assign(this, { isAwaited, action, now, begun: now(), held: null }); }

  ask(value) {
    if (this.isAwaited() && this.now() - this.begun < LONGEST_MS) this.held = value;
    else this.action(value);
  }

  // The answer is there.
  release() {
    const { held } = this;
    this.held = null;
    if (held !== null) this.action(held);
  }
}
