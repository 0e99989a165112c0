// The newest state of every wall, for pages that join between two; and asking for one's own. States are whole, never differences.

export const OLD_MS = 15000; // each is said every five seconds
export const ASK_MS = 600000; // a wall nobody asks for is forgotten in an hour
export const SILENT_MS = 12000; // a wall that hears nothing of itself asks: perhaps the server began anew
const AGAIN_MS = 3000;

export class Scenes {
  constructor(now = Date.now) { Object.assign(this, { now, kept: new Map() }); }

  keep(message) {
    if (message.kind === "scene") this.kept.set(keyOf(message.content), { message, at: this.now() });
  }

  // Those that were said of late, oldest wall first.
  all() {
    for (const [key, { at }] of this.kept) if (this.now() - at > OLD_MS) this.kept.delete(key);
    return [...this.kept.values()].map(({ message }) => message);
  }
}

export function keyOf(state) { return `${state.screen} ${state.area}`; }

// Decides when a wall asks the server for its own state. Pure: the world is handed in.
export class Asker {
  // world: { now() -> ms, ask() -> Promise<state or null> }; tell(state) takes the answer.
  constructor(world, tell) { Object.assign(this, { world, tell, heardAt: -Infinity, askedAt: -Infinity, isAsking: false }); }

  hear() { this.heardAt = this.world.now(); }

  // Called now and then, every few seconds at least.
  async check() {
    const now = this.world.now(), isSilent = now - this.heardAt > SILENT_MS;
    if (this.isAsking || now - this.askedAt < (isSilent ? AGAIN_MS : ASK_MS)) return;
    Object.assign(this, { isAsking: true, askedAt: now });
    const state = await this.world.ask();
    this.isAsking = false;
    if (state) { this.hear(); this.tell(state); }
  }
}

// Asks for the state of a screen of an area at once, when it falls silent, and often enough to be kept; give it every state that is
// heard, and call its check every few seconds. Gives { hear(state), check() }; tell(state) is called with each of this wall's own.
export function follow(screen, area, tell) {
  const address = `/scenes/${area}?screen=${encodeURIComponent(screen)}`;
  const ask = () => fetch(address, { cache: "no-store" }).then((answer) => (answer.ok ? answer.json() : null), () => null);
  const asker = new Asker({ now: Date.now, ask }, tell);
  asker.check();
  return {
    hear(state) { if (state.screen === screen && state.area === area) { asker.hear(); tell(state); } },
    check() { asker.check(); },
  };
}
