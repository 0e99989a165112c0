// Draws a remote. Whatever people wrote, names and reports, is only ever text.
import { left, share } from "./director.mjs";
import { element } from "./elements.mjs";
import { incidentsOf, standing } from "./remote-model.mjs";
import { keyOf } from "./scenes.mjs";
import { age, fill } from "./words.mjs";

const MARKS = { interrupted: "▲", pinned: "◆", held: "■", turning: "●" };

export class Drawing {
  // names: of /names/<language>.json, with the areas of the walls and their `screens` put in.
  constructor(root, names, remote) { Object.assign(this, { root, names, words: names.words, remote }); }

  slot(name) { return this.root.querySelector(`[data-slot=${name}]`); }

  draw() {
    this.slot("walls").replaceChildren(...this.remote.states().map((state) => this.wall(state)), ...this.empty(this.remote.walls.size, "remote.none"));
    this.slot("alarm").replaceChildren(...this.alarm(this.remote.interrupted()));
    this.slot("log").replaceChildren(...this.remote.log.map((entry) => this.line(entry)), ...this.empty(this.remote.log.length, "remote.no_log"));
    const state = this.remote.state(), kind = state && standing(state);
    this.slot("target").textContent = this.remote.isAll ? this.words["remote.everywhere"] : state ? this.place(state) : "";
    this.root.querySelectorAll("[data-reach]").forEach((button) => button.setAttribute("aria-pressed", String((button.dataset.reach === "all") === this.remote.isAll)));
    this.root.querySelectorAll("[data-scene]").forEach((button) => button.setAttribute("aria-current", String(state?.scene === button.dataset.scene)));
    this.root.querySelectorAll("[data-command=hold], [data-command=pin]").forEach((button) =>
      button.setAttribute("aria-pressed", String(!this.remote.isAll && (button.dataset.command === "hold" ? !!state?.held : kind === "pinned" || !!state?.pinned))));
    this.tick();
  }

  empty(count, key) { return count ? [] : [element("p", "quiet", this.words[key])]; }

  // Several times a second: what runs down.
  tick() {
    for (const state of this.remote.states()) {
      const ring = this.root.querySelector(`[data-ring="${CSS.escape(keyOf(state))}"]`), now = this.remote.clock(), remaining = left(state, now);
      if (!ring) continue;
      const used = state.interruption ? (now - state.interruption.since) / (state.interruption.until - state.interruption.since) : share(state, now) ?? 1 - state.left / state.dwell;
      ring.style.setProperty("--share", String(1 - Math.min(1, Math.max(0, used))));
      ring.firstChild.textContent = fill(this.words["remote.seconds"], { seconds: Math.ceil((remaining ?? 0) / 1000) });
    }
  }

  place(state) { return `${this.names.screens[state.screen] ?? state.screen} · ${this.names.areas[state.area] ?? state.area}`; }

  wall(state) {
    const kind = standing(state), card = element("button", `wall ${kind}`), ring = element("span", "ring");
    Object.assign(card.dataset, { wall: keyOf(state) });
    card.setAttribute("aria-pressed", String(this.remote.isAll || keyOf(state) === this.remote.chosen));
    ring.dataset.ring = keyOf(state);
    ring.append(element("span", "seconds"));
    const by = kind === "held" || kind === "pinned" ? ` ${state.kept_by}` : "";
    const text = element("span", "wall-text");
    text.append(element("span", "wall-name", this.place(state)), element("span", "wall-scene", this.words[`scene.${state.scene}`]),
      element("span", "wall-state", `${MARKS[kind]} ${this.words[`remote.${kind}`]}${by}`), element("span", "wall-next", fill(this.words["remote.next"], { scene: this.words[`scene.${state.next}`] })));
    card.append(ring, text);
    return card;
  }

  alarm(state) {
    if (!state) return [element("p", "quiet", `● ${this.words["remote.quiet"]}`)];
    const { interruption } = state, head = element("p", "alarm-place", `▲ ${this.place(state)}`);
    if (interruption.group) head.append(element("strong", "flood", ` ${fill(this.words["remote.group"], { count: interruption.count })}`));
    else if (interruption.waiting) head.append(element("span", "waiting", ` ${fill(this.words["remote.waiting"], { count: interruption.waiting })}`));
    const shown = interruption.group ? incidentsOf(state) : incidentsOf(state, 1), button = element("button", "acknowledge", this.words["remote.acknowledge"]);
    button.dataset.command = "acknowledge";
    const more = interruption.group && interruption.count > shown.length ? [element("p", "waiting", fill(this.words["remote.more"], { count: interruption.count - shown.length }))] : [];
    const list = element("div", "incidents");
    list.append(...shown.map((incident) => this.incident(incident)), ...more);
    return [head, list, interruption.acknowledged ? element("p", "acknowledged", `✓ ${interruption.acknowledged}`) : button];
  }

  incident(said) {
    const { words, names } = this, made = element("article", "incident");
    const where = [names.areas[said.township], names.areas[said.village], said.address].filter(Boolean).join(" ");
    made.append(element("p", "incident-text", said.restricted ? words.restricted : said.text || names.categories[said.category] || ""),
      element("p", "incident-facts", [names.categories[said.category], where].filter(Boolean).join(" · ")),
      element("p", "incident-facts", [said.number, fill(words["remote.holder"], { holder: names.organisations[said.holder] ?? said.holder ?? "—" }),
        fill(words["remote.since"], { age: age(words, this.remote.clock() - said.at) })].join(" · ")));
    return made;
  }

  line(entry) {
    const { words, names } = this, made = element("li", "line");
    const when = new Intl.DateTimeFormat("en-GB", { timeZone: names.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(entry.at);
    const where = entry.screen === "*" ? words["remote.everywhere"] : this.place(entry);
    const what = [words[`remote.${entry.command}`], entry.scene && words[`scene.${entry.scene}`], entry.incident && `#${entry.incident}`].filter(Boolean).join(" ");
    made.append(element("time", "", when), element("span", "", fill(words["remote.said"], { who: entry.name || words["remote.nobody"], what, where })));
    return made;
  }
}
