// Which scene this wall shows: the one its address pins, or what the director says. The next one's figures are asked for before it is shown.
import { Stage } from "./stage.mjs";
import { layersOf } from "./map-scenes.mjs";
import { fill } from "./words.mjs";

const READY_MS = 6000; // so long before a scene is shown its figures are asked for

export class Scenes {
  // tools: { marks, list, pulse, spotlight(id or null) }
  constructor(wall, place, names, asked, tools) {
    Object.assign(this, { wall, words: names.words, tools, pinned: asked.get("scene"), state: null, upcoming: null });
    this.stage = new Stage(wall, place, seamsOf(asked.get("seams")), (tiles) => this.placed(tiles));
    [this.name, this.progress] = ["scene-name", "scene-progress"].map((id) => document.getElementById(id));
  }

  start() { this.show(this.pinned ?? "overview"); }

  leave() { this.stage.leave(); }

  tiles() { return [...new Set([...this.stage.tiles(), ...this.stage.tiles(this.upcoming)])]; }

  show(scene) {
    this.stage.show(scene);
    this.name.textContent = this.words[`scene.${this.stage.scene}`] ?? "";
  }

  // What the director says: a whole state, as often as it likes.
  direct(state) {
    this.state = state;
    if (!this.pinned) this.show(state.interruption ? "command" : state.scene);
  }

  placed() {
    this.spot();
    this.tools.list.draw();
    this.tools.pulse(`s${this.stage.scene}`);
  }

  // On the command scene one incident is looked at: the one that interrupted, else the foremost. Elsewhere none.
  spot() {
    const { marks, spotlight } = this.tools, asked = this.state?.interruption?.incident;
    marks.layers(layersOf(this.stage.scene, this.pinned ? null : this.state?.filters, marks.level));
    if (this.stage.scene !== "command") { spotlight(null); return void marks.focus(null); }
    const point = (asked && marks.points.get(asked)) || marks.foremost();
    spotlight(asked ?? point?.id ?? null);
    marks.focus(point);
  }

  draw(now) {
    const { state } = this;
    if (!state || this.pinned) return void this.progress.style.setProperty("width", "0");
    const share = state.until ? Math.min(Math.max((now - state.entered) / (state.until - state.entered), 0), 1) : 0;
    this.progress.style.setProperty("width", `${(100 * share).toFixed(1)}%`);
    const upcoming = state.until && state.until - now < READY_MS ? state.next : null;
    if (upcoming !== this.upcoming) { this.upcoming = upcoming; if (upcoming) this.tools.pulse(`n${upcoming}`); }
    const mark = state.held ? this.words["scene.held"] : state.pinned ? this.words["scene.pinned"] : "";
    this.wall.dataset.held = mark ? "yes" : "no";
    this.name.title = fill(this.words["scene.next"], { scene: this.words[`scene.${state.next}`] ?? "" });
  }
}

// "0.5" or "0.333,0.667;0.5": columns, then rows.
function seamsOf(text) {
  const [columns, rows] = (text ?? "").split(";").map((part) => part.split(",").map(Number).filter((share) => share > 0 && share < 1));
  return { columns: columns ?? [], rows: rows ?? [] };
}
