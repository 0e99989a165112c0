// The bar at the foot of a replay: that it is the past, of when, how fast, and the day to move in. By mouse, touch and keys.
import { element } from "./elements.mjs";
import { stepped } from "./past-clock.mjs";
import { fill } from "./words.mjs";

const STEP_MS = 300000, DRAW_MS = 250, SCENES = ["overview", "flow", "analysis", "assessment", "command", "forces"];

export class PastBar {
  // past: { clock, said, steer(content) }
  constructor(slot, names, past) {
    Object.assign(this, { slot, past, words: names.words, scenes: null, isDragged: false });
    const format = (options) => new Intl.DateTimeFormat("en-CA", { timeZone: names.zone, hourCycle: "h23", ...options });
    this.when = format({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.short = format({ month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
    const button = (key, act) => { const made = element("button", `past-${key}`); made.type = "button"; made.addEventListener("click", act); return made; };
    this.playing = button("playing", () => this.toggle());
    this.slower = button("slower", () => this.pace(-1));
    this.faster = button("faster", () => this.pace(1));
    [this.badge, this.time, this.speed, this.from, this.until, this.note] = ["past-badge", "past-time", "past-speed", "past-end", "past-end", "past-note"].map((name) => element("span", name));
    this.range = Object.assign(element("input", "past-range"), { type: "range", step: 1000 });
    this.range.addEventListener("input", () => { this.isDragged = true; this.draw(); });
    this.range.addEventListener("change", () => { this.isDragged = false; past.steer({ at: Number(this.range.value) }); });
    const back = element("a", "past-back", this.words["past.leave"]);
    back.href = document.getElementById("past-leave").href;
    this.badge.textContent = this.words.past;
    Object.entries({ slower: "−", faster: "+" }).forEach(([key, sign]) => { this[key].textContent = sign; this[key].ariaLabel = this.words[`past.${key}`]; });
    this.range.ariaLabel = this.words["past.scrub"];
    slot.replaceChildren(this.badge, this.time, this.playing, this.slower, this.speed, this.faster, this.from, this.range, this.until, this.note, back);
    this.pressed = (event) => this.press(event);
    addEventListener("keydown", this.pressed);
    this.timer = setInterval(() => this.draw(), DRAW_MS);
  }

  leave() { clearInterval(this.timer); removeEventListener("keydown", this.pressed); }

  toggle() { this.past.steer({ playing: !this.past.clock.isPlaying }); }

  pace(by) { this.past.steer({ speed: stepped(this.past.clock.speed, by) }); }

  move(by) { const { from, until } = this.past.said; this.past.steer({ at: Math.round(Math.min(until, Math.max(from, this.past.clock.now() + by))) }); }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const acts = { " ": () => this.toggle(), ArrowLeft: () => this.move(-STEP_MS), ArrowRight: () => this.move(STEP_MS), ArrowUp: () => this.pace(1), ArrowDown: () => this.pace(-1) };
    const scene = SCENES[Number(event.key) - 1], act = acts[event.key] ?? (scene && (() => this.scenes?.show(scene)));
    if (!act) return;
    event.preventDefault(); // a key does one thing, whatever has the focus
    act();
  }

  draw() {
    const { clock, said } = this.past, { words } = this, isOver = !clock.isPlaying && clock.now() >= said.until - 1000;
    Object.assign(this.range, { min: said.from, max: said.until });
    if (!this.isDragged) this.range.value = clock.now();
    const set = (part, text) => { if (part.textContent !== text) part.textContent = text; };
    set(this.time, this.when.format(Number(this.isDragged ? this.range.value : clock.now())).replace(",", ""));
    set(this.playing, clock.isPlaying ? "❚❚" : "▶");
    this.playing.ariaLabel = words[clock.isPlaying ? "past.pause" : "past.play"];
    set(this.speed, fill(words["past.speed"], { speed: clock.speed }));
    set(this.from, this.short.format(said.from).replace(",", ""));
    set(this.until, this.short.format(said.until).replace(",", ""));
    set(this.note, clock.isPlaying ? words["past.keys"] : isOver ? words["past.ended"] : words["past.paused"]);
    this.slot.dataset.state = clock.isPlaying ? "playing" : "paused";
  }
}
