// The page of one incident: its mark on the map, how fresh it is, and its panels asked for anew when it changes.
import { subscribe } from "./stream.mjs";
import { onceIn } from "./pace.mjs";
import { follows, mark } from "./incident-mark.mjs";

const MINUTE_MS = 60000, PULSE_MS = 1000, PATIENCE_MS = 2500;
let running = null;

// The server has answered: what is shown now is as of then.
export async function show(shown) {
  const head = document.querySelector("#incident-head .incident-head");
  const page = document.getElementById("incident-page");
  if (!shown || !page) return window.dash_clientside.no_update;
  running ??= await start(page);
  running.asOf = Math.max(...Object.values(shown.as_of).filter(Boolean), 0) || running.asOf;
  running.tell();
  if (!head) return window.dash_clientside.no_update; // there is no such incident: nothing to follow
  document.title = `${head.dataset.number} · ${running.names.words.title}`;
  running.family = head.dataset.family.split(" ").map(Number);
  mark(document.querySelector("#incident-spot .spot-words"), window.shouwang?.map);
  if (running.area !== head.dataset.area) running.follow(head.dataset.area);
  return head.dataset.number;
}

async function start(page) {
  const asked = new URLSearchParams(location.search);
  dress(asked.get("theme"));
  document.documentElement.lang = page.lang;
  const names = await fetch(`/names/${page.lang}.json`).then((answer) => answer.json());
  const [link, time] = ["incident-link", "incident-as-of"].map((id) => document.getElementById(id));
  document.getElementById("incident-print").addEventListener("click", () => window.print());
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: names.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const pulse = onceIn(PULSE_MS, (why) => page.dataset.link === "down" || window.dash_clientside.set_props("incident-pulse", { data: why }));
  const state = {
    names, family: [], area: null, asOf: 0, stream: null,
    tell(shown = page.dataset.link) {
      if (shown) page.dataset.link = shown;
      const words = page.dataset.link ? names.words[`link.${page.dataset.link}`] : "";
      link.textContent = words;
      time.textContent = state.asOf ? names.words["incident.as_of"].replace("{time}", clock.format(state.asOf)) : "";
    },
    follow(area) {
      state.stream?.leave();
      state.area = area;
      let isFirst = true;
      state.stream = subscribe(area, {
        // The panels were read before the stream began: whatever happened between is in the next asking.
        onState: ({ last }) => { pulse(isFirst ? `s${last}` : last); isFirst = false; },
        onChange: (change) => { if (follows(change, state.family)) pulse(change.id); },
        onHeartbeat() {},
        onStatus({ link: shown }) {
          const was = page.dataset.link;
          clearTimeout(state.patience);
          // Cut off for a moment is nothing; for longer it is said, and nothing is asked for.
          if (shown === "reconnecting") state.patience = setTimeout(() => state.tell("down"), PATIENCE_MS);
          if (was !== "down" || shown === "live") state.tell(shown);
          if (was === "down" && shown === "live") pulse(`b${Date.now()}`);
        },
      });
    },
  };
  // Ages and lateness go on without any event.
  setInterval(() => pulse(`m${Math.floor(Date.now() / MINUTE_MS)}`), MINUTE_MS / 3);
  return state;
}

// Paper is white: for the time of printing the page is the light one.
function dress(asked) {
  const root = document.documentElement, paper = matchMedia("print"), day = matchMedia("(prefers-color-scheme: light)");
  const put = () => {
    root.dataset.theme = paper.matches ? "light" : asked ?? (day.matches ? "light" : "dark");
    requestAnimationFrame(() => window.shouwang?.map?.invalidateSize({ animate: false }));
  };
  root.dataset.page = "desk";
  [paper, day].forEach((each) => each.addEventListener("change", put));
  put();
}
