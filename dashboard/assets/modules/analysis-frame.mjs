// What stands around the pictures: their heads with table and export, the tiles, notes, and the tools of the page.
import { copied, exportLinks, savePicture } from "./analysis-export.mjs";
import { views } from "./analysis-views.mjs";
import { fill, html } from "./elements.mjs";

// What is explained, where it is to be seen.
const LEGENDS = { usual: (mark) => mark.usual, before: (mark) => mark.tick !== null, interval: (mark) => mark.cells.length > 4 && mark.low !== null && mark.whole, few: (mark) => mark.few, off: (mark) => mark.off, unfinished: (mark) => mark.unfinished };

export function frame(place, { name, title, drawn, isTable, toggle, words, shown }) {
  const body = html("div", { class: "picture-body" });
  const switcher = drawn.kind === "table" ? null : html("button", { class: "toggle", "aria-pressed": String(isTable), onclick: toggle }, words[isTable ? "analysis.picture" : "analysis.table"]);
  const pictures = isTable ? [] : ["svg", "png"].map((ending) => html("button", { onclick: () => savePicture(copied(body.querySelector("svg")), { name, title, shown, ending }) }, ending.toUpperCase()));
  const menu = html("details", { class: "menu" }, html("summary", {}, words["analysis.export"]), html("div", {}, exportLinks(name), pictures));
  const legend = isTable ? "" : html("span", { class: "legend quiet" }, Object.keys(LEGENDS).filter((each) => drawn.marks?.some(LEGENDS[each])).map((each) => html("span", { class: `of-${each}` }, words[`analysis.legend.${each}`])));
  place.replaceChildren(html("header", {}, html("h2", {}, title), legend, html("span", { class: "picture-tools" }, switcher, menu)), body);
  return body;
}

export function tiles(slot, found, words) {
  slot.replaceChildren(...found.map((each) => html("div", { class: `desk-tile${each.chosen ? " chosen" : ""}${each.late ? " late" : ""}` },
    html("a", { href: each.href, class: "label", "data-key": `tile ${each.key}`, title: words["analysis.choose"], "aria-current": each.chosen ? "true" : null }, each.label),
    html("a", { href: each.open, class: "value", "data-key": `open ${each.key}`, "aria-label": fill(words["analysis.open"], { count: `${each.label} ${each.value} ${each.unit}` }) },
      each.late ? html("span", { class: "shape", "aria-hidden": "true" }, "▲") : null, each.value, html("small", {}, each.unit)),
    html("span", { class: "quiet", title: each.before }, [each.change, each.parts].filter(Boolean).join(" · ")))));
}

export function notes(slot, found) {
  slot.replaceChildren(...found.map((each) => html("p", { class: "border-note" }, html("span", { class: "shape", "aria-hidden": "true" }, "◆ "), each)));
}

export function tools(slot, known, navigate, shown) {
  const { words } = known;
  document.documentElement.dataset.theme = theme();
  const turn = () => {
    const next = document.documentElement.dataset.theme === "light" ? "dark" : "light";
    localStorage.setItem("analysis theme", next);
    document.documentElement.dataset.theme = next;
  };
  const otherLanguage = () => {
    const asked = new URLSearchParams(location.search);
    known.language === "en" ? asked.delete("lang") : asked.set("lang", "en");
    navigate(`${location.pathname}${asked.size ? `?${asked}` : ""}`);
  };
  slot.replaceChildren(
    views(words, () => ({ href: location.pathname + location.search, said: shown()?.sentence ?? "" })),
    html("button", { onclick: () => navigate(location.pathname + location.search), hidden: true }, words["analysis.refresh"]),
    html("button", { onclick: () => print() }, words["analysis.print"]),
    html("button", { onclick: turn, class: "turn" }, words["analysis.theme"]),
    html("button", { onclick: otherLanguage, class: "language" }, words["language.other"]),
    html("a", { href: known.wall }, words["analysis.wall"]),
  );
}

// As the address says, else as this person chose, else as their machine is set.
function theme() {
  const asked = new URLSearchParams(location.search).get("theme") ?? localStorage.getItem("analysis theme");
  return ["light", "dark", "high-contrast"].includes(asked) ? asked : matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}
