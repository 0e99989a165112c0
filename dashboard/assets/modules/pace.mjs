export const FIGURES_MS = 2000; // more often nobody reads them anew
export const PRESSING_MS = 700; // a sign is to be on the wall two seconds after it is true, the answer included

// Not more often than once in so many milliseconds, what presses once in so many fewer; at once after a rest, and the newest always.
// Whoever has done it meanwhile says so with `met()`: then nothing waits, and the time runs from there.
export function onceIn(pause, action, pressing = pause) {
  let last = -Infinity, waiting = null, due = Infinity, newest;
  const met = () => { clearTimeout(waiting); [waiting, due, last] = [null, Infinity, performance.now()]; };
  const act = () => { met(); action(newest); };
  const ask = (value, isPressing = false) => {
    newest = value;
    const at = last + (isPressing ? pressing : pause);
    if (at >= due) return;
    clearTimeout(waiting);
    due = at;
    waiting = setTimeout(act, Math.max(0, at - performance.now()));
  };
  return Object.assign(ask, { met });
}

const MOST_TOLD = 1000;

// Which signs each case was last told with.
export class Signs {
  constructor() { this.told = new Map(); }

  setAll(incidents) { incidents.forEach((incident) => this.isNew(incident)); }

  // Whether a case has a sign now that it was not told with before.
  isNew({ id, signs }) {
    const kinds = signs.map((sign) => sign.kind), before = this.told.get(id) ?? [];
    this.told.delete(id);
    if (kinds.length) this.told.set(id, kinds);
    if (this.told.size > MOST_TOLD) this.told.delete(this.told.keys().next().value);
    return kinds.some((kind) => !before.includes(kind));
  }
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

  ask(value, isPressing = false) {
    const pressing = isPressing || Boolean(this.held?.[1]);
    if (this.isAwaited() && this.now() - this.begun < LONGEST_MS) this.held = [value, pressing];
    else this.pass([value, pressing]);
  }

  // The answer is there.
  release() { if (this.held !== null) this.pass(this.held); }

  pass([value, isPressing]) {
    this.held = null;
    this.action(value, isPressing);
  }
}
