// What reports change is drawn in one frame, list and map together: at once after a rest, and in a storm not once for each report.
import { onceIn } from "./pace.mjs";

export const STORM_PAUSE_MS = 120; // eight pictures a second: of more, in a list that runs, nobody reads any

export class Frames {
  // `frame(action)` calls what is asked of it in the next frame.
  constructor(frame) {
    Object.assign(this, { frame, parts: new Set(), actions: [] });
    this.soon = onceIn(STORM_PAUSE_MS, () => this.pass());
  }

  // `part.ask()` draws it in the next frame.
  ask(part) {
    this.parts.add(part);
    this.soon();
  }

  // The part is no more.
  drop(part) { this.parts.delete(part); }

  // Called in a frame in which all that was asked before is drawn.
  after(action) {
    this.actions.push(action);
    this.soon();
  }

  pass() {
    const parts = [...this.parts];
    this.parts.clear();
    parts.forEach((part) => part.ask());
    this.actions.splice(0).forEach((action) => this.frame(action)); // what is asked of a frame last is done last
  }
}

export const frames = new Frames((action) => requestAnimationFrame(action));
