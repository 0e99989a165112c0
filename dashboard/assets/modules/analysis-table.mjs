// The same marks as a table, for whoever reads rather than looks; and the table of periods.
import { html } from "./elements.mjs";

export function marksTable(drawn, caption) {
  const rows = drawn.marks.map((mark) => html("tr", {}, mark.cells.map((words, place) => html(place ? "td" : "th", place ? {} : { scope: "row" }, linked(mark, words, place)))));
  return table(drawn.columns, rows, caption);
}

function linked(mark, words, place) {
  const href = place === 0 ? mark.href : place === 1 ? mark.open : null;
  return href ? html("a", { href, "data-key": `cell ${place} ${mark.key}` }, words) : words;
}

export function periodsTable(drawn, caption) {
  const rows = drawn.rows.map((cells, number) => html("tr", {}, cells.map((cell, place) => html(place ? "td" : "th", { scope: place ? null : "row", title: cell.title, class: cell.strong ? "amount" : "" },
    cell.href ? html("a", { href: cell.href, "data-key": `period ${number} ${place}` }, cell.text) : cell.text,
    cell.note ? html("span", { class: "quiet" }, cell.note) : null))));
  return drawn.rows.length ? table(drawn.columns, rows, caption) : html("p", { class: "quiet" }, drawn.empty);
}

function table(columns, rows, caption) {
  const head = html("thead", {}, html("tr", {}, columns.map((words) => html("th", { scope: "col" }, words))));
  return html("div", { class: "table-slot" }, html("table", {}, html("caption", { class: "unseen" }, caption), head, html("tbody", {}, rows)));
}
