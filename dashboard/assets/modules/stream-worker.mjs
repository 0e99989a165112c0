// A SharedWorker that holds the one stream for all tabs: browsers allow six connections to a host, the seventh tab would hang.
import { Link } from "./stream-core.mjs";

const ports = new Set();
const link = new Link({
  open: (url) => new EventSource(url),
  now: () => Date.now(),
  later: (action, milliseconds) => setTimeout(action, milliseconds),
  tell: (message) => ports.forEach((port) => port.postMessage(message)),
});
setInterval(() => link.watch(), 3000);

self.onconnect = (event) => {
  const port = event.ports[0];
  port.onmessage = ({ data }) => {
    if (data.kind === "leave") return void ports.delete(port);
    ports.add(port);
    const missed = link.since(data.last);
    if (missed === null) port.postMessage({ kind: "reset" });
    else missed.forEach((message) => port.postMessage(message));
    link.start(data.last);
    port.postMessage({ kind: "status", link: link.status, since: Date.now() });
    if (link.heartbeat) port.postMessage(link.heartbeat);
  };
};
