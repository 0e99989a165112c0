// What the wall hears: first the whole state of its area, then every change after it, in order, none twice.
import { Page } from "./stream-page.mjs";
import { at as ofHouse } from "./house.mjs";
import { Link } from "./stream-core.mjs";
import { take, takeWorker } from "./opening.mjs";
import { CHECK_MS, Watchdog, watching } from "./watchdog.mjs";

const PATIENCE_MS = 10000;

// handlers: { onState(state), onChange(change), onHeartbeat({now, last, sources}), onStatus({link, since}) };
// link is connecting, live or reconnecting; `query()` narrows the state. Gives { leave(), reload() }.
export function subscribe(area, handlers, query = () => "") {
  let port = null;
  const page = new Page(area, handlers, { read: () => read(area, query), join: (last) => port.join(last), later: setTimeout.bind(window) });
  const watchdog = new Watchdog({
    now: Date.now,
    rejoin() { port.leave(); port = connect(receive); page.rejoin(); },
    isServerThere: () => fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) }).then((answer) => answer.ok, () => false),
    reload: () => location.reload(),
  });
  function receive(message) {
    watchdog.hear();
    if (message.kind !== "alive") page.receive(message);
  }
  port = connect(receive);
  const timer = setInterval(() => watchdog.check(), CHECK_MS);
  const away = () => port.leave();
  const back = (event) => { if (event.persisted) { port = connect(receive); page.load(); } };
  addEventListener("pagehide", away);
  addEventListener("pageshow", back);
  // Whoever subscribes has the link in hand by then, and nothing that comes later is heard before.
  queueMicrotask(() => { try { port.heard.forEach(receive); } finally { page.load(); } });
  return { reload: () => page.reload(), leave() { page.stop(); port.leave(); clearInterval(timer); removeEventListener("pagehide", away); removeEventListener("pageshow", back); } };
}

async function read(area, query) {
  const early = await take(ofHouse(`/state/${area}${query()}`));
  if (early) return early;
  for (;;) {
    try {
      const answer = await fetch(ofHouse(`/state/${area}${query()}`), { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.ok) return await answer.json();
    } catch { /* the server is away: the header says so, and we ask again */ }
    await new Promise((resume) => setTimeout(resume, 1000));
  }
}

function connect(receive) {
  if (!window.SharedWorker || ofHouse("")) return alone(receive); // a replay is one page's own
  const { worker, heard } = takeWorker();
  worker.port.onmessage = ({ data: message }) => receive(message);
  return {
    heard,
    join: (last) => worker.port.postMessage({ kind: "join", last }),
    leave() { worker.port.onmessage = null; worker.port.postMessage({ kind: "leave" }); worker.port.close(); },
  };
}

// A browser without shared workers: this page holds a stream of its own.
function alone(receive) {
  const link = new Link({ open: (url) => new EventSource(ofHouse(url)), now: Date.now, later: setTimeout.bind(window), tell: receive });
  const blind = watching(link, () => receive({ kind: "alive" }));
  return { heard: [], join: (last) => link.start(last), leave() { blind(); link.stop(); } };
}
