// What of a scene is seen beside its tiles: its name and how far it has come, the band of an interruption, the incident in focus.
import { Stage, seamsOf } from "./stage.mjs";
import { layersOf } from "./map-scenes.mjs";
import { band } from "./alert-band.mjs";
import { isNarrow, markAll, nameOf } from "./narrowing.mjs";

export class SceneView {
  // tools: { marks, list, pulse(mark), spotlight(id or null), narrow(tiles) }
  constructor(area, wall, place, names, asked, tools) {
    Object.assign(this, { area, wall, names, words: names.words, tools, upcoming: null, interruption: null, said: null, narrowed: {}, isSaid: asked.has("seams") || asked.has("theme") });
    this.stage = new Stage(wall, place, seamsOf(asked.get("seams")), () => this.placed());
    [this.name, this.track, this.alert] = ["scene-name", "scene-progress", "alert"].map((id) => document.getElementById(id));
  }

  leave() { this.stage.leave(); }
  // Nothing is narrowed while an incident interrupts.
  filters() { return this.interruption ? {} : this.narrowed; }

  // The tiles shown now and those of the next scene, each with what it is narrowed to.
  asked() {
    return { tiles: this.stage.tiles(), filters: this.filters(), next: this.stage.tiles(this.upcoming?.scene), next_filters: this.upcoming?.filters ?? {} };
  }

  // Whether nothing is shown but some tiles, of all cases.
  isAsking(tiles) { return !isNarrow(this.filters()) && this.stage.tiles().every((tile) => ["map", "list", ...tiles].includes(tile)); }
  show(scene, filters = this.narrowed) {
    const before = this.stage.tiles();
    Object.assign(this, { narrowed: filters ?? {}, upcoming: null });
    this.stage.show(scene);
    this.narrow(before);
  }

  // Tiles shown until now stand for something else; those that come were made ready for it.
  narrow(before = this.stage.tiles()) {
    const filters = this.filters(), name = nameOf(this.stage.scene, filters, this.names), mark = JSON.stringify(filters);
    if (this.name.textContent !== name) this.name.textContent = name;
    if (mark === this.said) return;
    const isFirst = this.said === null && !isNarrow(filters);
    this.said = mark;
    markAll(this.stage.stage, filters, this.names);
    this.layers();
    if (!isFirst) { this.tools.narrow(before); this.tools.pulse(`f${mark}`); }
  }

  // Trail, values and density are of all cases: a narrowed map has its marks alone.
  layers() {
    const { marks } = this.tools, only = isNarrow(this.filters()) ? { map: this.stage.scene === "command" ? "marks,target" : "marks" } : null;
    marks.layers(layersOf(this.stage.scene, only, marks.level));
  }

  // How the screen is, as its settings say, where the address does not say otherwise; and whether somebody holds the scene.
  told(state) {
    this.name.classList.toggle("is-kept", state.held || Boolean(state.pinned));
    if (this.isSaid) return;
    document.documentElement.dataset.theme = state.theme;
    if (JSON.stringify(this.stage.seams) === JSON.stringify(state.seams)) return;
    this.stage.seams = state.seams;
    this.stage.place();
  }

  interrupt(state) {
    const before = this.interruption?.incident;
    this.interruption = { ...state.interruption, point: state.incidents[state.interruption.incident] };
    band(this.alert, state, this.names);
    this.show("command");
    if (before && before !== this.interruption.incident) this.spot();
  }

  calm() {
    this.interruption = null;
    this.alert.replaceChildren();
    this.alert.classList.remove("is-on");
    this.narrow();
  }

  placed() {
    this.spot();
    this.tools.list.draw();
    this.tools.pulse(`s${this.stage.scene}`);
  }

  // On the command scene one incident is looked at: the one that interrupted, else the foremost. Elsewhere none.
  spot() {
    const { marks, spotlight } = this.tools;
    this.layers();
    if (this.stage.scene !== "command") { spotlight(null); return void marks.focus(null); }
    const point = this.interruption?.point ?? marks.foremost();
    spotlight(this.interruption?.incident ?? point?.id ?? null);
    marks.focus(point ?? null);
  }

  progress(share) { this.track.style.transform = `scaleX(${(share ?? 0).toFixed(3)})`; } // nothing is laid out anew for it

  // The next scene's figures are asked for before it is shown.
  prepare(entry) {
    this.upcoming = entry;
    if (entry) this.tools.pulse(`n${entry.scene}`);
  }
}
