// Starts the wall of a selection: what moves is drawn here, the panels' numbers are asked for at most every two seconds unless a sign presses.
import { subscribe } from "./stream.mjs";
import { Header, entitle } from "./header.mjs";
import { LiveList } from "./list.mjs";
import { MapLayer } from "./map-layer.mjs";
import { isSame, spread, toQuery } from "./narrowing.mjs";
import { FIGURES_MS, PRESSING_MS, Patience, Signs, onceAMinute, onceIn } from "./pace.mjs";
import { Conductor } from "./conductor.mjs";
import { SceneView } from "./scene-view.mjs";
import { namesIn, takeClock } from "./opening.mjs";
import { ready, veil } from "./stage.mjs";
import { visit } from "./past.mjs";
import { Vigil } from "./vigil.mjs";
let running = null, shown = null, told = null, conductor = null, turn = 0;

export async function start(found) {
  if (!found) return window.dash_clientside.no_update;
  const { shown: figures, ...selection } = found; // those that the page came with
  const isOnlyAnotherIncident = shown && running?.isOnPage() && shown.area === selection.area && shown.language === selection.language;
  [shown, told] = [selection, figures ?? null];
  if (isOnlyAnotherIncident) return window.dash_clientside.no_update;
  running?.stop();
  const mine = turn += 1;
  const clock = takeClock();
  const [names] = await Promise.all([namesIn(selection.language), clock.begin(), ready()]);
  const past = selection.at ? await visit(selection, names) : undefined;
  if (past === null || mine !== turn) { past?.leave(); return window.dash_clientside.no_update; } // there is no such past, or somebody has gone on
  running = run(selection, names, past?.clock ?? clock, past);
  confirm(told); // what came before there was a wall to show it
  return selection.area;
}

// The server has answered for some tiles: what they show is as of now.
export function confirm(shownPanels) {
  if (shownPanels) { told = shownPanels; running?.confirm(told); }
  return window.dash_clientside.no_update;
}

function run(selection, names, clock, past) {
  let stream = null, vigil = null;
  const [wall, slot, place] = ["wall", "live-list", "stage"].map((id) => document.getElementById(id)), asked = new URLSearchParams(location.search);
  entitle(names, selection, asked);
  past?.prepare(asked, names);
  const unveil = veil(wall), header = new Header(wall, names, clock);
  const list = new LiveList(slot, names, () => header.now(), selection.level);
  const marks = new MapLayer(document.getElementById("map-marks"), window.shouwang.map, () => header.now());
  // A server that is away is not asked; all figures are asked for when it is back.
  const asking = onceIn(FIGURES_MS, (last) => header.link.shown === "down" || window.dash_clientside.set_props("pulse", { data: { last, ...scenes.asked(), past: past?.key } }), PRESSING_MS);
  const patience = new Patience(() => !told && !past && scenes.isAsking(names.first_tiles), asking), pulse = (mark, isPressing) => { vigil?.stir(); patience.ask(mark, isPressing); }, signs = new Signs();
  const scenes = new SceneView(selection.area, wall, place, names, asked, { marks, list, pulse, spotlight: (id) => look(id ?? Number(asked.get("incident") || 0)), narrow: (tiles) => { stream?.reload(); vigil?.freshness.renew(tiles.filter((tile) => names.narrowed.includes(tile))); } });
  marks.show(selection.area, selection.level, selection.language, names.words).finally(() => requestAnimationFrame(() => unveil("map"))); // the frame that draws it
  conductor ??= new Conductor(selection.area, asked, () => running?.now() ?? Date.now());
  [conductor, past].forEach((each) => each?.attach(scenes));
  vigil = new Vigil({ wall, place, names, clock, header, list, marks, scenes, pulse, past, conductor });
  stream = subscribe(selection.area, {
    onState(state) {
      Object.assign(header, { progress: state.progress, lastAt: null });
      [list, signs].forEach((each) => each.setAll(state.incidents));
      marks.setAll(state.points);
      scenes.spot();
      vigil.hearState(state);
      unveil("state");
      pulse(state.last);
    },
    onChange(change) {
      if (change.kind === "progress") header.progress = change.content;
      if (change.incident) { header.lastAt = change.at; [list, marks].forEach((each) => spread(each, change.incident, scenes.filters())); }
      vigil.hearChange(change);
      pulse(change.id, Boolean(change.incident && signs.isNew(change.incident) && !past));
    },
    onScene: (state) => { conductor.hear(state); vigil.wake(); },
    onHeartbeat: (heartbeat) => vigil.hearHeartbeat(heartbeat),
    onStatus: (status) => vigil.hearStatus(status),
  }, () => toQuery(scenes.filters()));
  // Ages and lateness go on without any event; the panels follow by the minute, sooner while one of them is not fresh.
  const minutes = onceAMinute(() => header.now(), pulse, () => Boolean(past) || !vigil.freshness.isWhole);
  const minute = setInterval(() => { if (past && !past.clock.isPlaying) return; list.draw(); marks.age(); minutes(); }, past ? 1000 : 20000);
  slot.addEventListener("click", choose);
  const stop = () => { [stream, scenes, vigil, header, list, marks, past].forEach((each) => each?.leave()); clearInterval(minute); };
  return { confirm(figures) { if (isSame(figures.filters, scenes.filters())) vigil.freshness.confirm(figures); unveil("figures"); patience.release(); }, now: () => header.now(), isOnPage: () => document.body.contains(slot), stop };
}

// Another incident is looked at, without a word in the address.
function look(id) {
  if ((shown.incident ?? 0) === (id ?? 0)) return;
  shown = { ...shown, incident: id || null };
  window.dash_clientside.set_props("selection", { data: shown });
}

// A row that is clicked is the chosen incident; the address keeps it. Clicked again, the newest is shown.
function choose(event) {
  const id = Number(event.target.closest("[data-incident]")?.dataset.incident);
  if (!id) return;
  look(shown.incident === id ? null : id);
  const address = new URL(location.href);
  if (shown.incident) address.searchParams.set("incident", id);
  else address.searchParams.delete("incident");
  history.replaceState(null, "", address);
}
