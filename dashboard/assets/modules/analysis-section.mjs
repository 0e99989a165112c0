// What is opened below the pictures: its two heads, the limits that are moved in it, and asking again while more is to come.
import { savePicture } from "./analysis-export.mjs";
import { laid } from "./analysis-laid.mjs";
import { html } from "./elements.mjs";

const AGAIN = 2000;
let later = 0, touched = null; // the limit that was moved last: its field keeps the focus

export function heads(slot, found, label) {
  slot.setAttribute("aria-label", label);
  slot.replaceChildren(...found.map((each) => html("a", { href: each.href, class: each.open ? "section-head open" : "section-head", "aria-expanded": String(each.open), "aria-controls": "analysis-section", "data-key": `section ${each.name}` },
    html("span", { class: "turner", "aria-hidden": "true" }, each.open ? "▾" : "▸"), html("h2", {}, each.title), html("span", { class: "quiet" }, each.about))));
  const section = document.getElementById("analysis-section"), open = found.find((each) => each.open);
  if (section) { section.dataset.section = open?.name ?? ""; section.setAttribute("aria-label", open?.title ?? ""); }
}

export function drawn() {
  clearTimeout(later);
  const field = touched && [...document.querySelectorAll(".limit-input input")].find((each) => JSON.parse(each.id).rule === touched);
  if (field && document.activeElement === document.body) field.focus({ preventScroll: true });
  touched = null;
  document.getElementById("analysis-section").onclick = save;
  if (document.querySelector(".section-again")) later = setTimeout(() => window.dash_clientside.set_props("section-pulse", { data: Date.now() }), AGAIN);
  return window.dash_clientside.no_update;
}

// A picture of the section as a file: of its cases, with what the page says of itself.
function save({ target }) {
  const ending = target.closest("[data-picture]")?.dataset.picture, way = target.closest(".way");
  if (!ending) return;
  target.closest("details").open = false;
  const [title, aside] = ["h3", ".aside"].map((each) => way.querySelector(each).textContent), [sentence, asOf] = ["sentence", "state"].map((each) => document.getElementById(`analysis-${each}`).textContent);
  savePicture(laid(way.querySelector(".way-body")), { name: `flow-${way.dataset.name}`, title, shown: { sentence: [sentence, aside].filter((each) => each.trim()).join(" · "), as_of: asOf }, ending });
}

// The limits of an address with those that were moved in their fields; the server knows which are as they were given.
export function moved(written, values, rules) {
  const cut = (each) => each.lastIndexOf("~"), found = new Map(written ? written.split(",").map((each) => [each.slice(0, cut(each)), each.slice(cut(each) + 1)]) : []);
  rules.forEach(({ rule, at }, place) => { if (values[place] > 0 && Number(values[place]) !== Number(at)) found.set(rule, String(values[place])); });
  return [...found].map(([rule, value]) => `${rule}~${value}`).join(",");
}

export async function limits(values, rules) {
  const asked = new URLSearchParams(location.search).get("limits") ?? "", next = moved(asked, values, rules);
  if (next === asked) return window.dash_clientside.no_update;
  touched = rules.find(({ at }, place) => Number(values[place]) !== Number(at)).rule;
  (await import("./analysis.mjs")).change({ limits: next });
  return window.dash_clientside.no_update;
}
