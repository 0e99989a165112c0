// One page's view of the stream: a whole state, then the changes after it in order, none twice. Pure: the world is handed in.

export const PAUSE_MS = 500; // between two readings of the whole state

export class Page {
  // world: { read() -> Promise<state>, join(last), later(fn, ms) }
  constructor(area, handlers, world) {
    Object.assign(this, { area, handlers, world, last: null, buffered: [], isLoading: false, isStale: false, isStopped: false });
  }

  stop() { this.isStopped = true; }

  receive(message) {
    if (this.isStopped) return;
    if (message.kind === "reset") this.load();
    else if (message.kind === "status") this.handlers.onStatus(message);
    else if (message.kind === "heartbeat") this.handlers.onHeartbeat(message.content);
    else if (message.kind === "scene") this.handlers.onScene?.(message.content);
    else if (this.last === null) this.buffered.push(message);
    else this.apply(message);
  }

  apply(message) {
    if (message.id <= this.last) return;
    if (message.id > this.last + 1) return void this.load(); // the feed has no gaps: something went past us
    this.last = message.id;
    if (message.content.kind === "city") this.load();
    else if (belongs(this.area, message.content.incident)) this.handlers.onChange(message.content);
  }

  // Reads the whole state, however often it is asked for meanwhile; what arrives until then is kept and applied after it.
  async load() {
    this.last = null;
    if (this.isLoading) return;
    this.isLoading = true;
    let state = null;
    do {
      this.isStale = false;
      state = await this.world.read();
    } while (this.isStale && !this.isStopped);
    if (this.isStopped) return;
    this.world.later(() => { this.isLoading = false; if (this.last === null) this.load(); }, PAUSE_MS);
    this.last = state.last;
    this.handlers.onState(state);
    this.buffered.splice(0).forEach((message) => this.receive(message));
    if (this.last !== null) this.world.join(this.last);
  }

  // What is asked for has become another thing: an answer to the old question is none.
  reload() {
    this.isStale = true;
    return this.load();
  }

  // A new worker knows nothing of us.
  rejoin() {
    if (this.last !== null) this.world.join(this.last);
  }
}

export function belongs(area, incident) {
  return !incident || [incident.county, incident.township, incident.village, incident.grid].includes(area);
}
