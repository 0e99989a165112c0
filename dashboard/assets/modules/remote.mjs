// The tablet at the watch desk: hears every wall by the one stream, sends commands, and shows who commanded what.
import { Drawing } from "./remote-draw.mjs";
import { Remote } from "./remote-model.mjs";
import { build, kept } from "./remote-page.mjs";
import { subscribe } from "./stream.mjs";

const ASK_MS = 300000; // a wall that nobody asks for is forgotten in an hour
const root = document.getElementById("remote"), language = root.dataset.language, remote = new Remote();

async function ask() {
  for (;;) {
    try {
      const answer = await fetch(`/remote/state?lang=${language}`, { cache: "no-store" });
      if (answer.ok) return await answer.json();
    } catch { /* the server is away: the mark in the corner says so, and we ask again */ }
    await new Promise((resume) => setTimeout(resume, 1000));
  }
}

function say(text, isWrong = false) {
  const slot = root.querySelector("[data-slot=message]");
  slot.textContent = text;
  slot.classList.toggle("wrong", isWrong);
}

async function send(words, kind, scene) {
  const name = kept.get("name"), body = remote.command(kind, { scene, name });
  if (!body) return;
  const headers = { "content-type": "application/json", ...(kept.get("token") && { authorization: `Bearer ${kept.get("token")}` }) };
  try {
    const answer = await fetch(`/remote/command?lang=${language}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (answer.ok) return say(`✓ ${words["remote.sent"]}`);
    const { error, sentence } = await answer.json();
    say(`✕ ${sentence}`, true);
    root.querySelector(`[data-field=${error === "remote_token" ? "token" : "name"}]`)?.focus();
  } catch {
    say(`✕ ${words["remote.failed"]}`, true);
  }
}

const [names, first] = await Promise.all([fetch(`/names/${language}.json`).then((answer) => answer.json()), ask()]);
const { words } = names, drawing = new Drawing(root, names, remote);
build(root, words, first);
take(first);
function take(state) {
  Object.assign(names.areas, state.areas);
  names.screens = state.screens;
  remote.log = state.log.slice(0, 12);
  state.walls.forEach((wall) => remote.hear(wall));
  root.querySelector("[data-slot=problems]").textContent = state.problems.map((each) => `▲ ${each}`).join(" ");
  drawing.draw();
}
root.addEventListener("click", ({ target }) => {
  const { dataset } = target.closest("button") ?? { dataset: {} };
  if (dataset.wall) Object.assign(remote, { chosen: dataset.wall, isAll: false });
  if (dataset.reach) remote.isAll = dataset.reach === "all";
  if (dataset.command) send(words, dataset.command, dataset.scene);
  drawing.draw();
});
subscribe(first.city, {
  onState() {},
  onChange: (change) => { if (change.kind === "director" && change.content.command !== "state") { remote.note({ ...change.content, at: change.at }); drawing.draw(); } },
  onHeartbeat() {},
  onStatus: ({ link }) => { const slot = root.querySelector("[data-slot=link]"); slot.textContent = `${link === "live" ? "●" : "✕"} ${words[`link.${link}`]}`; slot.dataset.link = link; },
  onScene: (state) => { if (remote.hear(state)) drawing.draw(); },
});
setInterval(() => (remote.tidy() ? drawing.draw() : drawing.tick()), 250);
setInterval(async () => take(await ask()), ASK_MS);
