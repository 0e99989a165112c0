// Walls run for months. When the page hears nothing of its own worker, it asks for a new one; reloading is the last resort.

export const ALIVE_MS = 6000; // a worker that has told nothing for longer than heartbeats are apart says that it is there: with the pause between two looks, before DEAF_MS
export const CHECK_MS = 5000;
export const DEAF_MS = 10000;
export const MOST_TRIES = 30; // five minutes of asking for a new worker

export class Watchdog {
  // world: { now() -> ms, rejoin(), isServerThere() -> Promise<boolean>, reload() }
  constructor(world) {
    this.world = world;
    this.tries = 0;
    this.heardAt = world.now();
    this.isAsking = false;
  }

  hear() {
    this.heardAt = this.world.now();
    this.tries = 0;
  }

  // Counts tries, not minutes: a machine that slept for a night wakes deaf for a moment only.
  async check() {
    if (this.isAsking || this.world.now() - this.heardAt < DEAF_MS) return;
    this.heardAt = this.world.now();
    this.tries += 1;
    if (this.tries <= MOST_TRIES) return void this.world.rejoin();
    this.isAsking = true;
    const isThere = await this.world.isServerThere();
    this.isAsking = false;
    if (isThere && this.tries > MOST_TRIES) this.world.reload();
  }
}

// Looks after a link, no more often than it needs, and does what goes with each look; gives what ends it.
export function watching(link, looked = () => {}) {
  let timer = null;
  const look = () => { timer = setTimeout(look, link.watch()); looked(); };
  look();
  return () => clearTimeout(timer);
}
