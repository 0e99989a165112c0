// Bars of parts: name, bar with what was before as a tick and the interval of a rate, the figure, and how it changed.
import { fill, fitted, svg, widthOf } from "./elements.mjs";

export const ROW = 25;
const FONT = "13px sans-serif";

export function bars(drawn, width, words) {
  if (!drawn.marks.length) return { node: svg("text", { x: 0, y: 18, class: "quiet" }, drawn.empty), height: 30 };
  const shown = drawn.marks.slice(0, drawn.most ?? drawn.marks.length), rest = drawn.marks.length - shown.length;
  const plan = layout(shown, width);
  const rows = shown.map((mark, place) => row(mark, place, plan, words));
  if (rest > 0) rows.push(svg("text", { x: 0, y: shown.length * ROW + 17, class: "quiet" }, fill(words["analysis.rest"], { count: rest })));
  return { node: svg("g", { class: "marks", role: "list" }, rows), height: (shown.length + (rest > 0 ? 1 : 0)) * ROW + 4 };
}

// Where the columns of a row stand.
function layout(marks, width) {
  const figure = Math.max(...marks.map((mark) => mark.words.length * 8 + (mark.whole.length ? mark.whole.length * 6.5 + 10 : 0)), 36);
  const note = width > 330 && marks.some((mark) => mark.note) ? 74 : 0;
  const name = Math.min(Math.max(...marks.map((mark) => widthOf(mark.label, FONT)), 60), width * 0.42);
  return { name, left: name + 8, right: width - figure - note - 14, figure: width - note - 4, width };
}

function row(mark, place, plan, words) {
  const y = place * ROW, along = (share) => plan.left + Math.max(0, Math.min(share, 1)) * (plan.right - plan.left);
  const said = [mark.label, mark.words, mark.whole, mark.note, mark.few ? words["analysis.few"] : ""].filter(Boolean).join(" ");
  const body = [
    svg("rect", { x: 0, y, width: plan.right, height: ROW - 2, class: "hit" }),
    svg("text", { x: 0, y: y + 16, class: "name" }, fitted(mark.label, plan.name, FONT)),
    svg("rect", { x: plan.left, y: y + 5, width: Math.max(along(mark.value) - plan.left, mark.value ? 1.5 : 0), height: ROW - 12, class: mark.few ? "bar few" : "bar" }),
    mark.low === null ? null : svg("path", { d: `M${along(mark.low)} ${y + ROW / 2 - 1}H${along(mark.high)}`, class: "interval" }),
    mark.tick === null ? null : svg("path", { d: `M${along(mark.tick)} ${y + 3}V${y + ROW - 5}`, class: "tick" }),
    svg("title", {}, said),
  ];
  const filter = mark.href
    ? svg("a", { href: mark.href, "aria-label": said, "data-key": mark.key, "aria-current": mark.chosen ? "true" : null }, body)
    : svg("g", { "aria-label": said, role: "img" }, body);
  const opens = svg("a", { href: mark.open, class: "open", "aria-label": fill(words["analysis.open"], { count: `${mark.label} ${mark.words}` }), "data-key": `open ${mark.key}` },
    svg("text", { x: plan.figure, y: y + 16, "text-anchor": "end", class: mark.few ? "amount few" : "amount" }, mark.words,
      mark.whole ? svg("tspan", { class: "quiet", dx: 6 }, mark.whole) : null));
  const note = plan.figure < plan.width - 10 ? svg("text", { x: plan.width, y: y + 16, "text-anchor": "end", class: "quiet note" }, mark.note) : null;
  return svg("g", { role: "listitem", class: mark.chosen ? "mark chosen" : "mark" }, filter, opens, note);
}
