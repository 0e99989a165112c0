// What of a scene is seen beside its tiles: its name and how far it has come, the band of an interruption, the incident in focus.
import { Stage } from "./stage.mjs";
import { layersOf } from "./map-scenes.mjs";
import { element } from "./list.mjs";
import { fill } from "./words.mjs";

export class SceneView {
  // tools: { marks, list, pulse(mark), spotlight(id or null) }
  constructor(area, wall, place, names, asked, tools) {
    Object.assign(this, { area, wall, names, words: names.words, tools, upcoming: null, interruption: null, filters: null, isSaid: asked.has("seams") || asked.has("theme") });
    this.stage = new Stage(wall, place, seamsOf(asked.get("seams")), () => this.placed());
    [this.name, this.track, this.alert] = ["scene-name", "scene-progress", "alert"].map((id) => document.getElementById(id));
  }

  leave() { this.stage.leave(); }

  tiles() { return [...new Set([...this.stage.tiles(), ...this.stage.tiles(this.upcoming)])]; }

  show(scene) {
    this.stage.show(scene);
    this.upcoming = null;
    this.name.textContent = this.words[`scene.${this.stage.scene}`] ?? "";
  }

  // How the screen is, as its settings say, where the address does not say otherwise; and whether somebody holds the scene.
  told(state) {
    this.filters = state.filters;
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
    this.band(state);
    this.show("command");
    if (before && before !== this.interruption.incident) this.spot();
  }

  calm() {
    this.interruption = null;
    this.alert.replaceChildren();
    this.alert.classList.remove("is-on");
  }

  // One line over the scene: what it is, how many more wait, who has seen to it. Words of citizens are only ever text.
  band(state) {
    const { interruption: shown, incidents } = state, incident = incidents[shown.incident] ?? {};
    const place = [incident.township, incident.village].map((code) => this.names.areas[code]).filter(Boolean).join(" · ");
    const said = shown.group ? fill(this.words["alert.group"], { count: shown.count })
      : `${this.names.categories[incident.category] ?? ""} ${place}`;
    const rest = [shown.waiting ? fill(this.words["alert.queue"], { count: shown.waiting }) : "",
      shown.acknowledged ? fill(this.words["alert.acknowledged"], { name: shown.acknowledged }) : ""].filter(Boolean).join(" · ");
    this.alert.replaceChildren(element("span", "alert-kind", `▲ ${this.words["alert.urgent"]}`), element("span", "alert-words", said), element("span", "alert-rest", rest));
    this.alert.classList.add("is-on");
  }

  placed() {
    this.spot();
    this.tools.list.draw();
    this.tools.pulse(`s${this.stage.scene}`);
  }

  // On the command scene one incident is looked at: the one that interrupted, else the foremost. Elsewhere none.
  spot() {
    const { marks, spotlight } = this.tools;
    marks.layers(layersOf(this.stage.scene, this.filters, marks.level));
    if (this.stage.scene !== "command") { spotlight(null); return void marks.focus(null); }
    const point = this.interruption?.point ?? marks.foremost();
    spotlight(this.interruption?.incident ?? point?.id ?? null);
    marks.focus(point ?? null);
  }

  progress(share) { this.track.style.setProperty("width", `${(100 * (share ?? 0)).toFixed(1)}%`); }

  // The next scene's figures are asked for before it is shown.
  prepare(scene) {
    this.upcoming = scene;
    if (scene) this.tools.pulse(`n${scene}`);
  }
}

// "0.5" or "0.333,0.667;0.5": columns, then rows.
function seamsOf(text) {
  const [columns, rows] = (text ?? "").split(";").map((part) => part.split(",").map(Number).filter((share) => share > 0 && share < 1));
  return { columns: columns ?? [], rows: rows ?? [] };
}
