// A wall's side of the scene director: takes whole states and says what to do. Pure: no page, no network, no clock of its own.

export const PREPARE_MS = 5000; // so long before a scene ends, the next is made ready
const OVERTAKEN_MS = 60000;

export class Director {
  // handlers: { onScene(state), onInterrupt(state, isNew), onResume(state), onProgress(share), onPrepare({scene, scene_area, filters})?,
  //   onSound()? }; now() is the server's clock in ms (the header's).
  // A state is shown once: onScene when another scene is to be seen, also beneath an interruption's end; onInterrupt when an
  // interruption begins (isNew) or changes; onResume before the scene that was interrupted is shown again.
  constructor(handlers, now = Date.now) {
    Object.assign(this, { handlers, now, state: null, scene: null, interruption: null, prepared: null });
  }

  receive(state) {
    // What was asked for may arrive after what was said later; a server far behind has another clock (a rehearsal began anew).
    if (this.state && state.now < this.state.now && this.state.now - state.now < OVERTAKEN_MS) return;
    this.state = state;
    const before = this.interruption, now = state.interruption;
    this.interruption = now && { since: now.since, said: JSON.stringify([now, state.incidents]) };
    if (now) {
      const isNew = now.since !== before?.since;
      if (!isNew && before.said === this.interruption.said) return;
      this.handlers.onInterrupt(state, isNew);
      if (isNew && state.sound) this.handlers.onSound?.();
      return;
    }
    if (before) this.handlers.onResume(state);
    const scene = sceneKey(state);
    if (before || scene !== this.scene) this.handlers.onScene(state);
    this.scene = scene;
    this.tick();
  }

  // Called a few times a second: how much of its dwell a scene has used up (0 to 1), null while that does not run.
  tick() {
    if (!this.state) return;
    this.handlers.onProgress(this.state.interruption ? null : share(this.state, this.now()));
    if (this.state.until === null || this.state.until - this.now() > PREPARE_MS) return;
    const next = JSON.stringify(this.state.next_entry) + this.state.until;
    if (next !== this.prepared) this.handlers.onPrepare?.(this.state.next_entry);
    this.prepared = next;
  }
}

// A playlist of one line shows the same scene again and again: that is no change.
export function sceneKey(state) { return JSON.stringify([state.scene, state.scene_area, state.filters]); }

export function share(state, now) {
  if (state.until === null) return null;
  return Math.min(1, Math.max(0, 1 - (state.until - now) / state.dwell));
}

// What is left of a scene or an interruption in ms; null while nobody knows.
export function left(state, now) {
  const until = state.interruption ? state.interruption.until : state.until;
  return until === null ? state.left : Math.max(0, until - now);
}
