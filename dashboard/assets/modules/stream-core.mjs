// One link to /events: opens, notices silence, opens again after its last number. Pure: the outside world is handed in.

export const RETRY_MS = 500;
export const QUIET_MS = 2700; // two heartbeats missed: the wall says so
export const SILENCE_MS = 15000; // a link that says nothing is no link: open another
const SOONEST_MS = 50;
const MOST_KEPT = 2000;

export class Link {
  // world: { open(url) -> EventSource-like, now() -> ms, later(fn, ms), tell(message) }
  constructor(world) {
    Object.assign(this, { world, last: null, recent: [], source: null, heartbeat: null, heartbeatAt: 0, isWaiting: false });
    this.openedAt = this.heardAt = this.since = world.now();
    this.status = "connecting";
  }

  start(last) {
    this.last = this.last ?? last;
    if (!this.source && !this.isWaiting) this.connect();
  }

  connect() {
    this.isWaiting = false;
    this.openedAt = this.world.now();
    const source = this.world.open(`/events?last=${this.last}`);
    const heard = (action) => (event) => { if (this.source === source) { this.hear(); action(event); } };
    this.source = source;
    source.onopen = heard(() => {});
    source.onerror = () => { if (this.source === source) this.again(); };
    source.addEventListener("change", heard((event) => this.change(Number(event.lastEventId), event.data)));
    source.addEventListener("reset", heard((event) => this.reset(Number(event.lastEventId))));
    source.addEventListener("heartbeat", heard((event) => this.beat(event.data)));
    source.addEventListener("scene", heard((event) => this.world.tell({ kind: "scene", content: JSON.parse(event.data) })));
  }

  again() {
    this.source.close();
    Object.assign(this, { source: null, isWaiting: true });
    this.say("reconnecting", this.world.now());
    this.world.later(() => { if (this.isWaiting) this.connect(); }, RETRY_MS);
  }

  stop() { this.isWaiting = false; this.source?.close(); }

  hear() {
    this.heardAt = this.world.now();
    this.say("live", this.heardAt);
  }

  say(status, since) {
    if (this.status === status) return;
    Object.assign(this, { status, since });
    this.world.tell(this.statusMessage());
  }

  statusMessage() { return { kind: "status", link: this.status, since: this.since, opened: this.openedAt }; }

  change(id, text) {
    if (id <= this.last) return;
    // The feed has no gaps: if one shows, something went past us, and only the whole state is sure.
    if (id > this.last + 1) return void this.reset(id);
    this.last = id;
    const message = { kind: "change", id, content: JSON.parse(text) };
    this.recent.push(message);
    if (this.recent.length > MOST_KEPT) this.recent.splice(0, MOST_KEPT / 4);
    this.world.tell(message);
  }

  reset(id) {
    Object.assign(this, { last: id, recent: [] });
    this.world.tell({ kind: "reset" });
  }

  beat(text) {
    Object.assign(this, { heartbeat: JSON.parse(text), heartbeatAt: this.world.now() });
    this.world.tell(this.heartbeatMessage());
  }

  // The newest heartbeat with its clock moved on to now, for a page that joins between two.
  heartbeatMessage() {
    return { kind: "heartbeat", content: { ...this.heartbeat, now: this.heartbeat.now + this.world.now() - this.heartbeatAt } };
  }

  // A silent link is first said to be so, then closed and opened again. Gives the milliseconds until it is to be looked at again.
  watch() {
    const now = this.world.now(), silent = now - Math.max(this.heardAt, this.openedAt);
    if (this.source && now - this.heardAt > QUIET_MS) this.say("reconnecting", this.heardAt);
    if (this.source && silent > SILENCE_MS) this.again();
    const left = 1 + (this.status === "live" ? QUIET_MS - (now - this.heardAt) : SILENCE_MS - silent);
    return Math.max(SOONEST_MS, Math.min(left, QUIET_MS)); // a link that comes to life is quiet QUIET_MS later at the soonest
  }

  // What a page that knows everything up to `last` has missed; null when that is not kept any more.
  missed(last) {
    if (this.last === null || last >= this.last) return [];
    const first = this.recent.length ? this.recent[0].id : this.last + 1;
    return last + 1 >= first ? this.recent.filter((message) => message.id > last) : null;
  }
}
