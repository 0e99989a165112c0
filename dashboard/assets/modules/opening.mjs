// What a wall asks for while its page is still being made: its names, borders, the state of its area, the server's time, and the link.
import { ofBrowser } from "./server-clock.mjs";

const LONGEST_MS = 10000;
const asked = new Map();
let clock = null, joined = null, isTaken = false;

export const BELOW = { county: "township", township: "village", village: "grid", grid: "grid" };

// Where the borders of an area are, and of those within it that its map tells apart.
export const bordersOf = (area, level) => [level, BELOW[level]].map((each) => `/geo/${area}/${each}.geojson`);

// Where the page of an address will look, or null where that is not the present of a wall. `home` is the city's own area.
export function of({ pathname, search }, home) {
  const found = /^\/(?:wall(?:\/([^/]+))?\/?)?$/.exec(pathname), said = new URLSearchParams(search);
  return found && !said.get("at") ? { area: found[1] ?? home, language: said.get("lang") === "en" ? "en" : "zh-CN" } : null;
}

// city: { area, level } of its own wall; of no other area the level is known before the page is there.
export function begin(location, city) {
  const page = of(location, city.area);
  if (!page) return;
  clock = ofBrowser();
  clock.begin();
  ask(`/names/${page.language}.json`);
  if (page.area === city.area) bordersOf(city.area, city.level).forEach((address) => ask(address, "default"));
  ask(`/state/${page.area}`).then((state) => { if (state) link(state.last); });
}

// An answer that has been asked for, once; null where nothing came of it, undefined where nobody has asked.
export function take(address) {
  const answer = asked.get(address);
  asked.delete(address);
  return answer;
}

export const namesIn = (language) => read(`/names/${language}.json`);

// The answer that has been asked for, or what is answered now; rejects where nothing is.
export async function read(address) {
  return (await take(address)) ?? (await fetch(address, { signal: AbortSignal.timeout(LONGEST_MS) })).json();
}

// The clock that has been measured meanwhile, once; or another.
export function takeClock() {
  const mine = clock ?? ofBrowser();
  clock = null;
  return mine;
}

// The worker that holds the link, and what it has said: the one that has opened it meanwhile, once; or another.
export function takeWorker() {
  const mine = joined ?? { worker: worker(), heard: [] };
  [joined, isTaken] = [null, true];
  return mine;
}

const worker = () => new SharedWorker(new URL("./stream-worker.mjs", import.meta.url), { type: "module" });

function ask(address, cache = "no-store") {
  const answer = fetch(address, { cache, signal: AbortSignal.timeout(LONGEST_MS) }).then((found) => (found.ok ? found.json() : null)).catch(() => null);
  asked.set(address, answer);
  return answer;
}

// What the worker says is kept until the page stands: left at the port it would come after the first picture, as a task of its own.
function link(last) {
  if (!window.SharedWorker || isTaken) return;
  const opened = worker(), heard = [];
  joined = { worker: opened, heard };
  opened.port.onmessage = ({ data: message }) => heard.push(message);
  opened.port.postMessage({ kind: "join", last });
}
