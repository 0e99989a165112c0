// What a remote knows: the walls, which one it directs, and what to send. Pure: no page, no network.
import { OLD_MS, keyOf } from "./scenes.mjs";

export class Remote {
  constructor(now = Date.now) { Object.assign(this, { now, walls: new Map(), chosen: null, isAll: false, log: [], skew: 0 }); }

  // The server's clock in ms.
  clock() { return this.now() + this.skew; }

  hear(state) {
    this.skew = state.now - this.now();
    const before = this.walls.get(keyOf(state))?.state;
    this.walls.set(keyOf(state), { state, at: this.now() });
    this.chosen ??= keyOf(state);
    return !before || fingerprint(before) !== fingerprint(state);
  }

  // Walls that nobody looks at any more are left out; the chosen one is then another. Gives whether any went.
  tidy() {
    const old = [...this.walls].filter(([, { at }]) => this.now() - at > OLD_MS).map(([key]) => key);
    old.forEach((key) => this.walls.delete(key));
    if (!this.walls.has(this.chosen)) this.chosen = this.walls.keys().next().value ?? null;
    return old.length > 0;
  }

  states() { return [...this.walls.values()].map(({ state }) => state); }

  state() { return this.walls.get(this.chosen)?.state ?? null; }

  // The interruption to be dealt with: that of the chosen wall, or of any when all are directed or the chosen one has none.
  interrupted() {
    const state = this.state();
    return state?.interruption ? state : this.states().find((each) => each.interruption) ?? null;
  }

  // The body of a command; an acknowledgement goes to the wall that shows the incident, or to all.
  command(kind, { scene, name } = {}) {
    const wall = kind === "acknowledge" ? this.interrupted() : this.state();
    if (!wall) return null;
    const body = { screen: this.isAll ? "*" : wall.screen, area: this.isAll ? "*" : wall.area, command: kind };
    if (scene) body.scene = scene;
    if (kind === "acknowledge") body.incident = wall.interruption.incident;
    if (name) body.name = name;
    return body;
  }

  note(entry) { this.log = [entry, ...this.log].slice(0, 12); }
}

function fingerprint(state) { return JSON.stringify({ ...state, now: 0 }); }

// interrupted, pinned, held or turning: what a wall does just now.
export function standing(state) {
  if (state.interruption) return "interrupted";
  if (state.pinned) return "pinned";
  return state.held ? "held" : "turning";
}

// Those of an interruption's incidents whose words are known, first what is shown, then what waits.
export function incidentsOf(state, most = 4) {
  const ids = [...(state.interruption.group ?? [state.interruption.incident]), ...state.interruption.queue];
  return ids.map((id) => state.incidents[id]).filter(Boolean).slice(0, most);
}
