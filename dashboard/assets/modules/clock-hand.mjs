// Draws a clock and lets it go on by itself, in whatever thread has its canvas. Pure: canvas and time are handed in.

export const LEASE_MS = 12000; // a page that has looked at nothing for so long has no clock that goes on
const LINE = 0.936; // of the height: where the figures stand; wall.css sets that on the header's line
export const EARLY_MS = 2; // a timer may be early by a little

// Gives what spells an instant by the clock of a zone, 09:29:05.
export function speller(zone) {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
  let minute = null, spelt = "";
  return (now) => {
    const mine = Math.floor(now / 60000);
    // Spelt once a minute: that takes longer than to show it.
    if (minute !== mine) [minute, spelt] = [mine, format.format(now).slice(0, -2)];
    return spelt + String(Math.floor(now / 1000) % 60).padStart(2, "0");
  };
}

export class Hand {
  // world: { machine() -> ms of the machine's clock, steady() -> ms of one that only runs, later(action, ms), never(timer) }
  constructor(canvas, zone, world) {
    Object.assign(this, { canvas, world, pen: canvas.getContext("2d"), spell: speller(zone), time: "", how: null, cell: 0, colon: 0, timer: null });
    canvas.addEventListener("contextrestored", () => { if (this.how) this.fit(this.how); }); // a pen that was lost comes back without its letters
  }

  // how: { width, height, ratio, font, colour } that the page has for it now.
  fit(how) {
    const { canvas, pen } = this, { width, height, ratio } = how;
    this.how = how;
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    pen.scale(ratio, ratio);
    Object.assign(pen, { font: how.font, fillStyle: how.colour, textAlign: "center" });
    this.cell = Math.max(...[..."0123456789"].map((digit) => pen.measureText(digit).width));
    this.colon = pen.measureText(":").width;
    this.draw();
  }

  // An instant, which stands.
  show(now) {
    this.world.never(this.timer);
    this.put(this.spell(now));
  }

  // The time is so many ms ahead of the machine's clock now, and goes on whatever becomes of that: for as long as this is said anew.
  run(ahead) {
    const { world } = this, offset = world.machine() + ahead - world.steady(), until = world.steady() + LEASE_MS;
    const next = () => {
      const now = world.steady() + offset;
      this.put(this.spell(now));
      if (world.steady() < until) this.timer = world.later(next, 1000 - (now % 1000) + EARLY_MS);
    };
    world.never(this.timer);
    next();
  }

  put(time) {
    if (time === this.time) return;
    this.time = time;
    this.draw();
  }

  // From the right, each figure in a place of its own: none moves when another changes.
  draw() {
    const { pen, cell, colon } = this;
    if (!cell) return;
    const { width, height } = this.how;
    let right = width;
    pen.clearRect(0, 0, width, height);
    for (const sign of [...this.time].reverse()) {
      const room = sign === ":" ? colon : cell;
      pen.fillText(sign, right - room / 2, LINE * height);
      right -= room;
    }
  }
}

export const ofThread = { machine: () => Date.now(), steady: () => performance.now(), later: (action, ms) => setTimeout(action, ms), never: (timer) => clearTimeout(timer) };
