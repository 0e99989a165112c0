// Puts a scene on the stage: its tiles at their places, the rest away. A change of scene fades; nothing moves while it is looked at.
import { isStill } from "./afterglow.mjs";
import { PLANS } from "./scene-plans.mjs";
import { ROWS, arrange, shapeOf } from "./scene-layout.mjs";

const FADE_MS = 180;

export class Stage {
  // `shown(tiles)` is called after each change, with the map's tile in its new place.
  constructor(wall, stage, seams, shown) {
    Object.assign(this, { wall, stage, seams, shown, scene: null, changing: null });
    this.resize = () => this.place();
    addEventListener("resize", this.resize);
  }

  leave() { removeEventListener("resize", this.resize); clearTimeout(this.changing); }

  tiles(scene = this.scene) { return scene && PLANS[scene] ? Object.keys(arrange(scene, innerWidth, innerHeight).tiles) : []; }

  // Fades over to another scene; the first one stands at once.
  show(scene) {
    if (!PLANS[scene] || scene === this.scene) return;
    const isFirst = this.scene === null;
    this.scene = scene;
    clearTimeout(this.changing);
    if (isFirst || isStill()) return void this.place();
    this.stage.classList.add("leaving");
    this.changing = setTimeout(() => { this.place(); this.stage.classList.remove("leaving"); }, FADE_MS);
  }

  place() {
    if (!this.scene) return;
    const { columns, tiles } = arrange(this.scene, innerWidth, innerHeight, inStage(this.seams, this.stage));
    this.wall.dataset.scene = this.scene;
    this.wall.dataset.shape = shapeOf(innerWidth, innerHeight);
    this.stage.style.gridTemplateColumns = columns.map((share) => `minmax(0, ${(share * 1000).toFixed(2)}fr)`).join(" ");
    this.stage.style.gridTemplateRows = `repeat(${ROWS}, minmax(0, 1fr))`;
    for (const panel of this.stage.children) {
      const place = tiles[[...panel.classList].find((name) => name.startsWith("panel-"))?.slice(6)];
      panel.classList.toggle("away", !place);
      if (!place) continue;
      const [column, row, after] = place;
      panel.style.gridArea = `${row} / ${column} / ${after} / ${column + 1}`;
      panel.classList.toggle("is-last", after > ROWS);
    }
    this.shown(Object.keys(tiles));
  }
}

// Seams are shares of the screen; the stage is what the header and the margins leave of it.
function inStage(seams, stage) {
  const box = stage.getBoundingClientRect(), style = getComputedStyle(stage);
  const left = box.left + parseFloat(style.paddingLeft), width = box.width - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const top = box.top + parseFloat(style.paddingTop), height = box.height - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
  const within = (shares, whole, start, size) => (shares ?? []).map((share) => (share * whole - start) / size).filter((share) => share > 0.05 && share < 0.95);
  return { columns: within(seams.columns, innerWidth, left, width), rows: within(seams.rows, innerHeight, top, height) };
}

// "0.5" or "0.333,0.667;0.5": columns, then rows.
export function seamsOf(text) {
  const [columns, rows] = (text ?? "").split(";").map((part) => part.split(",").map(Number).filter((share) => share > 0 && share < 1));
  return { columns: columns ?? [], rows: rows ?? [] };
}

// What takes the veil off a page that opens (states.css), once it is told of all: half of a page would only be painted twice.
export function veil(wall) {
  const awaited = new Set(["state", "figures", "map"]);
  return (part) => { awaited.delete(part); if (!awaited.size) delete wall.dataset.veil; };
}

// Until the page of a wall stands. Frames are not waited for: the first of a large wall takes long to paint.
export async function ready() {
  while (!(document.getElementById("wall") && window.shouwang?.map)) await new Promise((resume) => setTimeout(resume, 4));
}
