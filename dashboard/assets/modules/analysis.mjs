// The analyst's page: one answer drawn into its slots. The address is the only state: every mark is a link that changes it.
import { areas, borders } from "./analysis-areas.mjs";
import { bars } from "./analysis-bars.mjs";
import { chips, choose, crumbs, filters } from "./analysis-bar.mjs";
import { columns } from "./analysis-columns.mjs";
import { drawer } from "./analysis-drawer.mjs";
import { listen, refocus } from "./analysis-hands.mjs";
import { frame, notes, tiles, tools } from "./analysis-frame.mjs";
import { heads } from "./analysis-section.mjs";
import { marksTable, periodsTable } from "./analysis-table.mjs";
import { html, svg } from "./elements.mjs";

const slot = (name) => document.getElementById(`analysis-${name}`);
const asTable = new Set();
let known = null, shown = null, page = null;

export async function draw(answer) {
  if (!answer) return window.dash_clientside.no_update;
  const found = JSON.parse(answer);
  while (!slot("panels")) await new Promise(requestAnimationFrame); // the page itself comes by another answer
  const language = document.getElementById("analysis").lang;
  if (known?.language !== language) known = { language, ...(await (await fetch(`/analysis-choices/${language}.json`)).json()) };
  if (page !== document.getElementById("analysis")) begin();
  page.removeAttribute("data-loading");
  if (found.refused || found.failed) return refuse(found);
  document.title = found.title;
  document.documentElement.lang = language;
  const focus = document.activeElement?.dataset?.key, place = document.activeElement?.closest("[id]")?.id;
  shown = found;
  drawAsked(found);
  tiles(slot("tiles"), found.tiles, known.words);
  heads(slot("sections"), found.sections, known.words["analysis.below"]);
  await drawPictures();
  drawer(found, known.words);
  refocus(place, focus);
  page.dataset.drawn = String(Number(page.dataset.drawn ?? 0) + 1);
  return page.dataset.drawn;
}

function begin() {
  page = document.getElementById("analysis");
  filters(slot("when"), slot("filters"), known, change);
  tools(slot("tools"), known, navigate, () => shown);
  listen(page, navigate);
  let wide = 0, later = 0;
  new ResizeObserver(([{ contentRect: { width } }]) => {
    if (wide && wide !== width && shown) { cancelAnimationFrame(later); later = requestAnimationFrame(() => drawPictures()); }
    wide = width;
  }).observe(slot("panels"));
}

function refuse(found) {
  slot("sentence").replaceChildren(html("strong", { class: "note note-failed", role: "alert" }, found.refused ?? found.failed));
  if (found.refused) slot("chips").replaceChildren(html("a", { href: `/analysis${known.language === "en" ? "?lang=en" : ""}`, class: "filter-chip" }, known.words["analysis.whole"]));
  page.dataset.drawn = String(Number(page.dataset.drawn ?? 0) + 1);
  return page.dataset.drawn;
}

export function navigate(href) {
  const asked = new URL(href, location.origin);
  page.setAttribute("data-loading", "");
  window.dash_clientside.set_props("address", { pathname: asked.pathname, search: asked.search });
}

// The address with some of its fields changed; an hour goes with its day, what is opened with its figure.
export function change(fields, area) {
  const asked = new URLSearchParams(location.search);
  for (const name of ["open", "part", "mark", ...("period" in fields ? ["hour"] : [])]) asked.delete(name);
  for (const [name, value] of Object.entries(fields)) value ? asked.set(name, value) : asked.delete(name);
  const path = area === undefined ? location.pathname : `/analysis${area ? `/${area}` : ""}`;
  navigate(asked.size ? `${path}?${asked}` : path);
}

function drawAsked(found) {
  crumbs(slot("places"), found.places, known.words["analysis.by.area"]);
  crumbs(slot("times"), found.times, known.words["analysis.period"]);
  chips(slot("chips"), found.chips);
  choose(page, found.selected);
  slot("sentence").textContent = found.sentence;
  slot("state").textContent = found.as_of;
  notes(slot("notes"), found.notes);
}

async function drawPictures() {
  const found = shown, shapes = found.panels.area.borders ? await borders(found.panels.area.borders) : null;
  if (found !== shown) return;
  for (const [name, drawn] of Object.entries(found.panels)) picture(name, drawn, shapes);
}

function picture(name, drawn, shapes) {
  const place = document.getElementById(`picture-${name}`), title = shown.titles[name], isTable = drawn.kind === "table" || asTable.has(name);
  const toggle = () => { asTable.has(name) ? asTable.delete(name) : asTable.add(name); picture(name, drawn, shapes); place.querySelector(".toggle")?.focus(); };
  const body = frame(place, { name, title, drawn, isTable, toggle, words: known.words, shown });
  if (isTable) return body.replaceChildren(drawn.kind === "table" ? periodsTable(drawn, title) : marksTable(drawn, title));
  // On a wide desk everything is a quarter larger.
  const scale = innerWidth >= 2000 ? 1.25 : 1, width = Math.max(Math.floor(body.clientWidth / scale), 240), drawing = { bars, columns, areas }[drawn.kind];
  const { node, height } = drawing(drawn, width, known.words, shapes);
  return body.replaceChildren(svg("svg", { width: width * scale, height: height * scale, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": title, class: "drawn" }, node));
}
