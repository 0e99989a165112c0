// Starts the wall of a selection: what moves is drawn here, the panels' numbers are asked for at most once a second.
import { subscribe } from "./stream.mjs";
import { Header } from "./header.mjs";
import { LiveList } from "./list.mjs";
import { MapLayer } from "./map-layer.mjs";

let running = null, shown = null;

export async function start(selection) {
  if (!selection) return window.dash_clientside.no_update;
  const isOnlyAnotherIncident = shown && running?.isOnPage() && shown.area === selection.area && shown.language === selection.language;
  shown = selection;
  if (isOnlyAnotherIncident) return window.dash_clientside.no_update;
  running?.stop();
  const [names] = await Promise.all([fetch(`/names/${selection.language}.json`).then((answer) => answer.json()), ready()]);
  running = run(selection, names);
  return selection.area;
}

async function ready() {
  while (!(document.getElementById("wall") && window.shouwang?.map)) await new Promise(requestAnimationFrame);
}

function run(selection, names) {
  document.title = `${names.words.title} · ${names.areas[selection.area] ?? names.words.centre}`;
  document.documentElement.lang = selection.language;
  const slot = document.getElementById("live-list");
  const header = new Header(document.getElementById("wall"), names);
  const list = new LiveList(slot, names, () => header.now(), selection.level);
  const marks = new MapLayer(document.getElementById("map-marks"), window.shouwang.map, () => header.now());
  const pulse = once_a_second((last) => window.dash_clientside.set_props("pulse", { data: { last } }));
  marks.show(selection.area, selection.level, selection.language);
  const stream = subscribe(selection.area, {
    onState(state) {
      header.setSkew(state.now);
      header.progress = state.progress;
      list.setAll(state.incidents);
      marks.setAll(state.points);
      pulse(state.last);
    },
    onChange(change) {
      if (change.kind === "progress") header.progress = change.content;
      if (change.incident) { header.lastAt = change.at; list.set(change.incident); marks.set(change.incident); }
      pulse(change.id);
    },
    onHeartbeat: (heartbeat) => header.hear(heartbeat),
    onStatus: (status) => header.setStatus(status),
  });
  const second = setInterval(() => header.draw(), 1000);
  // Ages and lateness go on without any event; the panels follow by the minute.
  const minute = setInterval(() => { list.draw(); marks.ask(); pulse(`m${Math.floor(header.now() / 60000)}`); }, 20000);
  slot.addEventListener("click", choose);
  return { isOnPage: () => document.body.contains(slot), stop() { stream.leave(); clearInterval(second); clearInterval(minute); } };
}

// A row that is clicked is the chosen incident; the address keeps it. Clicked again, the newest is shown.
function choose(event) {
  const id = Number(event.target.closest("[data-incident]")?.dataset.incident);
  if (!id) return;
  shown = { ...shown, incident: shown.incident === id ? null : id };
  const address = new URL(location.href);
  if (shown.incident) address.searchParams.set("incident", id);
  else address.searchParams.delete("incident");
  history.replaceState(null, "", address);
  window.dash_clientside.set_props("selection", { data: shown });
}

function once_a_second(action) {
  let last = 0, waiting = null, newest;
  return (value) => {
    newest = value;
    if (waiting) return;
    waiting = setTimeout(() => { waiting = null; last = Date.now(); action(newest); }, Math.max(0, 1000 - (Date.now() - last)));
  };
}
