// What a wall asks for while its page is still being made: its names, the state of its area, the server's time, and the link.
import { ofBrowser } from "./server-clock.mjs";

const LONGEST_MS = 10000;
const asked = new Map();
let clock = null, joined = null, isTaken = false;

// Where the page of an address will look, or null where that is not the present of a wall. `home` is the city's own area.
export function of({ pathname, search }, home) {
  const found = /^\/(?:wall(?:\/([^/]+))?\/?)?$/.exec(pathname), said = new URLSearchParams(search);
  return found && !said.get("at") ? { area: found[1] ?? home, language: said.get("lang") === "en" ? "en" : "zh-CN" } : null;
}

export function begin(location, home) {
  const page = of(location, home);
  if (!page) return;
  clock = ofBrowser();
  clock.begin();
  ask(`/names/${page.language}.json`);
  ask(`/state/${page.area}`).then((state) => { if (state) link(state.last); });
}

// An answer that has been asked for, once; null where nothing came of it, undefined where nobody has asked.
export function take(address) {
  const answer = asked.get(address);
  asked.delete(address);
  return answer;
}

export async function namesIn(language) {
  const address = `/names/${language}.json`;
  return (await take(address)) ?? (await fetch(address)).json();
}

// The clock that has been measured meanwhile, once; or another.
export function takeClock() {
  const mine = clock ?? ofBrowser();
  clock = null;
  return mine;
}

// The worker that holds the link: the one that has opened it meanwhile, once; or another.
export function takeWorker() {
  const mine = joined ?? worker();
  [joined, isTaken] = [null, true];
  return mine;
}

const worker = () => new SharedWorker(new URL("./stream-worker.mjs", import.meta.url), { type: "module" });

function ask(address) {
  const answer = fetch(address, { cache: "no-store", signal: AbortSignal.timeout(LONGEST_MS) }).then((found) => (found.ok ? found.json() : null), () => null);
  asked.set(address, answer);
  return answer;
}

// What comes waits at the port until the page hears it.
function link(last) {
  if (!window.SharedWorker || isTaken) return;
  joined = worker();
  joined.port.postMessage({ kind: "join", last });
}
