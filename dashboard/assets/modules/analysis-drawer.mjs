// The drawer of an opened figure: what it means, and the incidents behind it in a table that pages on the server.
import { fileAddress } from "./analysis-export.mjs";
import { html } from "./elements.mjs";

let open, before = null; // nothing is known to be open before the first drawing

export function drawer(found, words) {
  const place = document.getElementById("drawer"), opened = found.opened, key = opened && location.pathname + location.search;
  place.classList.toggle("away", !opened);
  if (!opened) {
    if (open) before?.focus?.({ preventScroll: true });
    open = null;
    return;
  }
  document.getElementById("drawer-head").replaceChildren(...head(opened, found, words));
  if (!open) {
    before = document.activeElement;
    place.setAttribute("aria-label", opened.label);
    place.focus({ preventScroll: true });
  }
  if (open === key) return;
  const isFirst = open === undefined;
  open = key;
  if (isFirst) return; // the table has asked for itself
  window.dash_ag_grid?.getApiAsync("rows").then((grid) => {
    grid.setFilterModel(null);
    grid.purgeInfiniteCache();
  });
}

function head(opened, found, words) {
  const parts = opened.parts.map((each) => html("a", { href: each.href, "aria-current": each.chosen ? "true" : null, "data-key": each.href }, each.text));
  const facts = opened.facts.map((each) => html("div", {}, html("dt", {}, each.label), html("dd", {}, each.text)));
  const files = ["csv", "xlsx", "gpkg"].map((ending) => html("a", { href: "#", class: "file", onclick: (event) => save(event, ending), "data-ending": ending }, ending === "gpkg" ? "GeoPackage" : ending.toUpperCase()));
  return [
    html("div", { class: "drawer-title" }, html("h2", {}, opened.label, html("strong", {}, opened.value)),
      html("span", { class: "rows-count" }, [opened.count, opened.times].filter(Boolean).join(" · ")),
      html("a", { href: opened.close, class: "close", "aria-label": words["analysis.close"] }, "×")),
    html("p", { class: "quiet" }, opened.asked, " · ", found.as_of),
    html("dl", { class: "facts" }, facts),
    html("div", { class: "drawer-tools" }, html("span", { class: "parts" }, parts), html("span", { class: "files" }, words["analysis.export"], files)),
  ];
}

// As the table stands: sorted and narrowed alike.
async function save(event, ending) {
  event.preventDefault();
  const grid = await window.dash_ag_grid.getApiAsync("rows");
  const sorted = grid.getColumnState().filter((each) => each.sort).sort((one, two) => one.sortIndex - two.sortIndex).map(({ colId, sort }) => ({ colId, sort }));
  location.assign(fileAddress("rows", ending, { table: JSON.stringify({ sortModel: sorted, filterModel: grid.getFilterModel() }) }));
}
