// A visit to the past: has a replay opened, says how far that is, steers it, and opens another when it is lost.
import { fill } from "./words.mjs";
import { visit as live } from "./house.mjs";
import { PastBar } from "./past-bar.mjs";
import { PastClock, written } from "./past-clock.mjs";

const ASK_MS = 300, LOST_MS = 3000;
const pause = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds));
const told = (address, content) => fetch(address, { method: "POST", cache: "no-store", headers: { "content-type": "application/json" }, body: JSON.stringify(content) });

// Gives the visit once its replay is open; null where it cannot be, which the page then says.
export async function visit(selection, names) {
  const cover = document.querySelector(".past-cover"), words = document.getElementById("past-cover"), begun = Date.now();
  const refuse = (message) => { cover.dataset.state = "refused"; words.textContent = message; return null; };
  const asked = { at: selection.at, speed: selection.speed, area: selection.area, lang: selection.language, paused: new URLSearchParams(location.search).get("paused") ?? "" };
  const answer = await patiently(() => told("/past", asked));
  const content = await answer.json();
  if (!answer.ok) return refuse(content.message);
  const base = `/past/${content.key}`;
  for (;;) {
    const said = await (await patiently(() => fetch(base, { cache: "no-store" }))).json();
    if (said.state === "ready") { cover.dataset.state = "open"; live(base); return new Past(content.key, base, said, names); }
    if (said.state !== "opening") return refuse(names.words["past.failed"]);
    const seconds = Math.floor((Date.now() - begun) / 1000);
    words.textContent = [fill(names.words["past.going"], { time: written(said.at, names.zone).replace("T", " ") }),
      names.words[`past.stage.${said.stage}`], fill(names.words["past.seconds"], { seconds })].join(" · ");
    await pause(ASK_MS);
  }
}

// The server may be away for a while.
async function patiently(ask) {
  for (;;) {
    const answer = await ask().catch(() => null);
    if (answer && answer.status < 500) return answer;
    await pause(1000);
  }
}

class Past {
  constructor(key, base, said, names) {
    Object.assign(this, { key, base, said, zone: names.zone, downSince: null, isLooking: false });
    this.clock = new PastClock({ steady: () => performance.now() });
    this.bar = new PastBar(document.getElementById("past"), names, this);
    this.hear(said);
  }

  // A replay follows no director: one scene stands until another is chosen. Nor does it say that it is live.
  prepare(asked, names) {
    asked.set("scene", asked.get("scene") ?? "overview");
    names.words["link.live"] = names.words["past.live"];
  }

  // scenes: of the page, for whoever chooses one by its number.
  attach(scenes) { this.bar.scenes = scenes; }

  leave() { this.bar.leave(); }

  hear(said) {
    this.said = said;
    this.clock.take(said);
    document.getElementById("day").textContent = said.day;
    this.bar.draw();
  }

  // content: { playing }, { speed } or { at }; what comes of it is seen at once, and in the address for whoever reloads.
  async steer(content) {
    if ("at" in content) this.clock.take({ ...this.said, at: content.at, playing: this.clock.isPlaying, speed: this.clock.speed });
    const answer = await told(this.base, content).catch(() => null);
    if (!answer?.ok) return;
    this.hear(await answer.json());
    history.replaceState(null, "", this.address());
  }

  address(at = this.clock.now()) {
    const address = new URL(location.href), asked = address.searchParams;
    asked.set("at", written(at, this.zone));
    asked.set("speed", this.clock.speed);
    if (this.clock.isPlaying) asked.delete("paused"); else asked.set("paused", 1);
    return address;
  }

  // A replay that is over (the server began anew, nobody watched for long) is opened again where it was.
  async hearLink(link) {
    if (link === "live") { this.downSince = null; return; }
    this.downSince ??= Date.now();
    if (Date.now() - this.downSince < LOST_MS || this.isLooking) return;
    this.isLooking = true;
    const answer = await fetch(this.base, { cache: "no-store" }).catch(() => null);
    this.isLooking = false;
    const isOver = answer?.status === 404 || (answer?.ok && (await answer.json()).state === "failed");
    if (isOver) location.replace(this.address(this.said.at)); // what the server said last: this clock ran on without it
  }
}
