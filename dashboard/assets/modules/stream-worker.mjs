// A SharedWorker that holds the one stream for all tabs: browsers allow six connections to a host, the seventh tab would hang.
import { Link } from "./stream-core.mjs";
import { Heartbeats } from "./heartbeats.mjs";
import { Scenes } from "./scenes.mjs";
import { ALIVE_MS, watching } from "./watchdog.mjs";

const ports = new Set();
const scenes = new Scenes();
const heartbeats = new Heartbeats();
let toldAt = 0;
const tell = (message) => { toldAt = performance.now(); scenes.keep(message); ports.forEach((port) => port.postMessage(message)); };
const link = new Link({
  open: (url) => new EventSource(url),
  now: () => Date.now(),
  later: (action, milliseconds) => setTimeout(action, milliseconds),
  tell(message) {
    if (message.kind === "status") heartbeats.restart();
    if (message.kind !== "heartbeat" || heartbeats.isNews(message.content, performance.now())) tell(message);
  },
});
// The server may be away for hours; a page must still know that we are here. While it is there, its heartbeats say so.
watching(link, () => { if (performance.now() - toldAt > ALIVE_MS) tell({ kind: "alive" }); });

function join(port, last) {
  ports.add(port);
  const missed = link.missed(last);
  if (missed === null) port.postMessage({ kind: "reset" });
  else missed.forEach((message) => port.postMessage(message));
  link.start(last);
  port.postMessage(link.statusMessage());
  scenes.all().forEach((message) => port.postMessage(message));
  if (link.heartbeat && link.status === "live") port.postMessage(link.heartbeatMessage());
}

self.onconnect = (event) => {
  const port = event.ports[0];
  port.onclose = () => ports.delete(port); // a page that went without a word
  port.onmessage = ({ data: message }) => {
    if (message.kind === "leave") ports.delete(port);
    else join(port, message.last);
  };
};
