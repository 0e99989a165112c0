// Which heartbeats a worker passes on: every one keeps the link, but a page learns from few. Pure: the time is handed in.

export const REST_MS = 4000; // the server's clock is compared so often, and a page knows that its worker is there

export class Heartbeats {
  constructor() { Object.assign(this, { sources: "", toldAt: -Infinity }); }

  // Whether a page is to be told at `now` (ms of a clock that only runs): of other sources at once, of the same ones now and then.
  isNews({ sources }, now) {
    const said = JSON.stringify(sources);
    if (said === this.sources && now - this.toldAt < REST_MS) return false;
    Object.assign(this, { sources: said, toldAt: now });
    return true;
  }

  // The link is another one, the server's clock perhaps too, and this machine may have slept: the next is news.
  restart() { this.toldAt = -Infinity; }
}
