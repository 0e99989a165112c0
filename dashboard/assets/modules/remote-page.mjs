// What stands still on a remote: its fields, buttons and the places for what moves.
import { element } from "./elements.mjs";

const COMMANDS = ["hold", "skip", "pin", "resume"];

// What this tablet remembers: the name of who holds it, the token.
export const kept = { get: (name) => localStorage.getItem(`shouwang.${name}`) ?? "", set: (name, value) => localStorage.setItem(`shouwang.${name}`, value) };

function field(name, words, type) {
  const made = element("input", "field");
  Object.assign(made, { type, placeholder: words[`remote.${name}`], value: kept.get(name), maxLength: name === "name" ? 40 : 200, autocomplete: "off", spellcheck: false });
  made.setAttribute("aria-label", words[`remote.${name}`]);
  made.dataset.field = name;
  made.addEventListener("input", () => kept.set(name, made.value.trim()));
  return made;
}

function button(text, set) {
  const made = element("button", "button", text);
  Object.assign(made.dataset, set);
  return made;
}

function section(name, heading, ...inner) {
  const made = element("section", `section ${name}`), slot = element(name === "log" ? "ol" : "div", "slot");
  slot.dataset.slot = name;
  made.append(...(heading ? [element("h2", "", heading)] : []), ...inner, slot);
  return made;
}

export function build(root, words, state) {
  const header = element("header", "remote-header"), link = element("span", "link"), note = element("p", "message"), problems = element("p", "problems");
  link.dataset.slot = "link"; note.dataset.slot = "message"; problems.dataset.slot = "problems";
  note.setAttribute("role", "status");
  header.append(element("h1", "", words["remote.title"]), link, field("name", words, "text"), ...(state.is_guarded ? [field("token", words, "password")] : []));
  const reach = element("div", "row"), commands = element("div", "row"), scenes = element("div", "row scenes"), target = element("strong", "target");
  target.dataset.slot = "target";
  reach.append(button(words["remote.one"], { reach: "one" }), button(words["remote.all"], { reach: "all" }));
  commands.append(...COMMANDS.map((kind) => button(words[`remote.${kind}`], { command: kind })));
  scenes.append(...state.scenes.map((scene) => button(words[`scene.${scene}`], { command: "choose", scene })));
  const desk = element("section", "section desk");
  desk.append(reach, target, commands, element("h2", "", words["remote.scenes"]), scenes, note);
  root.replaceChildren(header, problems, section("alarm", ""), section("walls", words["remote.walls"]), desk, section("log", words["remote.log"]));
}
