// A nightly reload that nobody sees: memory is given back while the county sleeps, the scene stays. Pure: the world is handed in.

export const SPREAD_MINUTES = 20; // not all walls at once
export const WINDOW_MINUTES = 60; // what interrupts is waited for so long, then the night is let go
const DAY = 1440;
const formats = new Map(); // by zone: a format takes longer to make than a night to tell

function formatsOf(zone) {
  if (!formats.has(zone)) {
    const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    formats.set(zone, { time, date: new Intl.DateTimeFormat("en-CA", { timeZone: zone }) });
  }
  return formats.get(zone);
}

// Where `now` (ms) lies after the hour of the reload: its minutes, and the county's date on which that hour was.
export function nightOf(now, zone, hour) {
  const { time, date } = formatsOf(zone);
  const minutes = (words) => { const [hours, rest] = words.split(":").map(Number); return hours * 60 + rest; };
  const past = (minutes(time.format(now)) - minutes(hour) + DAY) % DAY;
  return { past, night: date.format(now - past * 60000) };
}

// facts: { now, openedAt, zone, hour ("03:40", empty for never), jitter (0 to 1), isLive, isInterrupted, lastNight }
export function isDue({ now, openedAt, zone, hour, jitter, isLive, isInterrupted, lastNight }) {
  if (!hour || !isLive || isInterrupted) return false;
  const { past, night } = nightOf(now, zone, hour);
  const wasOpenBefore = now - openedAt > (past + 1) * 60000; // a page opened since is new enough
  return past >= jitter * SPREAD_MINUTES && past < WINDOW_MINUTES && wasOpenBefore && night !== lastNight;
}

const JITTER = Math.random(); // of this page, whatever areas it shows

export class Nightly {
  // world: { facts() -> { now, isLive, isInterrupted }, recall() -> night, remember(night), isServerThere() -> Promise<bool>, cover() -> Promise, reload() }
  constructor(world, zone, hour, jitter = JITTER) {
    Object.assign(this, { world, zone, hour, jitter, openedAt: world.openedAt?.() ?? world.facts().now, isAsking: false, isOver: false });
  }

  isDue() { return isDue({ ...this.world.facts(), openedAt: this.openedAt, zone: this.zone, hour: this.hour, jitter: this.jitter, lastNight: this.world.recall() }); }

  // The page itself is asked for before the old one is given up: a server that went away meanwhile leaves us as we are.
  async check() {
    if (this.isAsking || this.isOver || !this.isDue()) return;
    this.isAsking = true;
    const isThere = await this.world.isServerThere();
    this.isAsking = false;
    if (!isThere || this.isOver || !this.isDue()) return;
    this.isOver = true;
    this.world.remember(nightOf(this.world.facts().now, this.zone, this.hour).night);
    await this.world.cover();
    this.world.reload();
  }
}

const KEY = "shouwang-night", COVER_MS = 200;

export const ofPage = (wall, facts) => ({
  facts,
  openedAt: () => facts().now - performance.now(), // of the page: a wall that turns through areas is still one page
  recall: () => sessionStorage.getItem(KEY),
  remember: (night) => sessionStorage.setItem(KEY, night),
  isServerThere: () => fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(5000) }).then((answer) => answer.ok, () => false),
  cover: () => { wall.dataset.cover = "yes"; return new Promise((resume) => setTimeout(resume, COVER_MS)); },
  reload: () => location.reload(),
});
