// One link to /events: opens, notices silence, opens again after its last number. Pure: the outside world is handed in.

export const SILENCE_MS = 15000;
export const RETRY_MS = 500;

export class Link {
  // world: { open(url) -> EventSource-like, now() -> ms, later(fn, ms), tell(message) }
  constructor(world) {
    this.world = world;
    this.last = null;
    this.recent = [];
    this.source = null;
    this.heardAt = 0;
    this.status = "connecting";
    this.heartbeat = null;
  }

  start(last) {
    if (this.source || this.status === "waiting") return;
    this.last = this.last ?? last;
    this.connect();
  }

  connect() {
    this.heardAt = this.world.now();
    const source = this.world.open(`/events?last=${this.last}`);
    this.source = source;
    source.onopen = () => this.say("live");
    source.onerror = () => { if (this.source === source) this.again(); };
    source.addEventListener("change", (event) => this.change(Number(event.lastEventId), event.data));
    source.addEventListener("reset", (event) => this.reset(Number(event.lastEventId)));
    source.addEventListener("heartbeat", (event) => this.beat(event.data));
  }

  again() {
    this.source.close();
    this.source = null;
    this.say("reconnecting");
    this.world.later(() => { if (!this.source) this.connect(); }, RETRY_MS);
  }

  say(status) {
    this.heardAt = this.world.now();
    if (this.status === status) return;
    this.status = status;
    this.world.tell({ kind: "status", link: status, since: this.world.now() });
  }

  change(id, text) {
    this.heardAt = this.world.now();
    if (id <= this.last) return;
    this.last = id;
    const message = { kind: "change", id, content: JSON.parse(text) };
    this.recent.push(message);
    if (this.recent.length > 2000) this.recent.splice(0, 500);
    this.world.tell(message);
  }

  reset(id) {
    this.last = id;
    this.recent = [];
    this.world.tell({ kind: "reset" });
  }

  beat(text) {
    this.heardAt = this.world.now();
    this.heartbeat = { kind: "heartbeat", content: JSON.parse(text) };
    this.world.tell(this.heartbeat);
  }

  // Called every few seconds: a link that says nothing is no link.
  watch() {
    if (this.source && this.world.now() - this.heardAt > SILENCE_MS) this.again();
  }

  // What a page that knows everything up to `last` has missed; null when that is not kept any more.
  since(last) {
    if (this.last === null || last >= this.last) return [];
    const first = this.recent.length ? this.recent[0].id : this.last + 1;
    return last + 1 >= first ? this.recent.filter((message) => message.id > last) : null;
  }
}
