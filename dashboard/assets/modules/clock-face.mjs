// The clock's face: a canvas of its own, for words that change with the second would have the whole page laid out and painted anew.
import { Hand, ofThread, speller } from "./clock-hand.mjs";

export const DEAF_MS = 8000; // a thread that has not answered for so long is not there any more

export class Face {
  constructor(place, zone) {
    Object.assign(this, { place, zone, spell: speller(zone), said: document.createTextNode(""), newest: null, askedAt: null });
    this.fitting = () => this.fit();
    this.sizes = new ResizeObserver(this.fitting);
    this.themes = new MutationObserver(this.fitting);
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.begin(Boolean(window.Worker && HTMLCanvasElement.prototype.transferControlToOffscreen));
  }

  leave() {
    this.worker?.terminate();
    [this.sizes, this.themes].forEach((each) => each.disconnect());
  }

  begin(isFar) {
    const canvas = document.createElement("canvas");
    canvas.append(this.said);
    this.place.replaceChildren(canvas);
    this.sizes.disconnect();
    this.sizes.observe(canvas, { box: "device-pixel-content-box" });
    if (isFar) this.far(canvas);
    else this.near(canvas);
  }

  far(canvas) {
    const worker = this.worker = new Worker(new URL("./clock-worker.mjs", import.meta.url), { type: "module" }), offscreen = canvas.transferControlToOffscreen();
    worker.postMessage({ canvas: offscreen, zone: this.zone }, [offscreen]);
    this.tell = (does, what) => { this.askedAt ??= performance.now(); worker.postMessage({ does, what }); };
    worker.onmessage = () => { this.askedAt = null; };
    worker.onerror = () => this.takeOver(); // it could not be read: the server may just have gone
  }

  // The page draws it itself from now on.
  takeOver() {
    this.worker.terminate();
    this.begin(false);
  }

  near(canvas) {
    const hand = new Hand(canvas, this.zone, ofThread);
    this.worker = null;
    this.tell = (does, what) => hand[does](what);
    if (this.newest) this.tell(...this.newest);
  }

  // The instant that is shown, ms since 1970; `goesOn` lets it run by itself. Said too, for whoever reads the page otherwise.
  show(now, goesOn) {
    const words = this.spell(now);
    if (this.said.data !== words) this.said.data = words;
    // Ahead of a clock that all threads have: those that only run begin at another instant in each.
    this.newest = goesOn ? ["run", now - Date.now()] : ["show", now];
    if (this.worker && this.askedAt !== null && performance.now() - this.askedAt > DEAF_MS) this.takeOver();
    else this.tell(...this.newest);
  }

  // As large, in the letters and in the colour that the page has for it now.
  fit() {
    const style = getComputedStyle(this.place), { clientWidth: width, clientHeight: height } = this.place;
    this.tell("fit", { width, height, ratio: devicePixelRatio, font: `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`, colour: style.color });
  }
}
