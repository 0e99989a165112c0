// What the wall hears: first the whole state of its area, then every change after it, in order, none twice.
import { Link } from "./stream-core.mjs";

export function subscribe(area, handlers) {
  const page = { last: null, buffered: [] };
  const receive = (message) => {
    if (message.kind === "reset") return void load();
    if (message.kind === "status") return void handlers.onStatus(message);
    if (message.kind === "heartbeat") return void handlers.onHeartbeat(message.content);
    if (page.last === null) return void page.buffered.push(message);
    if (message.id <= page.last) return;
    page.last = message.id;
    if (message.content.kind === "city") return void load();
    if (belongs(area, message.content.incident)) handlers.onChange(message.content);
  };
  const link = connect(receive);
  let loading = null;

  async function load() {
    page.last = null;
    loading = loading || read(area).finally(() => { loading = null; });
    const state = await loading;
    if (page.last !== null) return;
    handlers.onState(state);
    page.last = state.last;
    page.buffered.splice(0).forEach(receive);
    link.join(state.last);
  }
  load();
  return { leave: () => link.leave() };
}

export function belongs(area, incident) {
  return !incident || [incident.county, incident.township, incident.village, incident.grid].includes(area);
}

async function read(area) {
  for (;;) {
    try {
      const answer = await fetch(`/state/${area}`, { cache: "no-store" });
      if (answer.ok) return await answer.json();
    } catch { /* the server is away: the header says so, and we ask again */ }
    await new Promise((resume) => setTimeout(resume, 1000));
  }
}

function connect(receive) {
  if (window.SharedWorker) {
    const worker = new SharedWorker(new URL("./stream-worker.mjs", import.meta.url), { type: "module" });
    worker.port.onmessage = ({ data }) => receive(data);
    addEventListener("pagehide", () => worker.port.postMessage({ kind: "leave" }));
    return { join: (last) => worker.port.postMessage({ kind: "join", last }), leave: () => worker.port.postMessage({ kind: "leave" }) };
  }
  const link = new Link({ open: (url) => new EventSource(url), now: Date.now, later: setTimeout.bind(window), tell: receive });
  const timer = setInterval(() => link.watch(), 3000);
  return { join: (last) => link.start(last), leave: () => { clearInterval(timer); link.source?.close(); } };
}
