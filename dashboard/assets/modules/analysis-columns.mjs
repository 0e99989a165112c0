// A column for each period over its usual band; the periods one level above as a second axis. Each leads to its days.
import { svg } from "./elements.mjs";

const HEIGHT = 176, TOP = 22, LEFT = 46, AXIS = 20, GROUP = 22;

export function columns(drawn, width) {
  if (!drawn.marks.length) return { node: svg("text", { x: 0, y: 18, class: "quiet" }, drawn.empty), height: 40 };
  const step = (width - LEFT) / drawn.marks.length, base = TOP + HEIGHT, height = base + AXIS + (drawn.groups.length ? GROUP : 0) + 4;
  const scale = [0, 0.5, 1].map((share) => svg("path", { d: `M${LEFT} ${base - share * HEIGHT}H${width}`, class: "rule" }));
  const labels = [svg("text", { x: LEFT - 6, y: TOP + 5, "text-anchor": "end", class: "quiet" }, drawn.top), svg("text", { x: LEFT - 6, y: base + 4, "text-anchor": "end", class: "quiet" }, "0")];
  const every = Math.max(1, Math.ceil(44 / step));
  let named = "";
  const marks = drawn.marks.map((mark, place) => {
    const begins = mark.holiday && mark.holiday !== named;
    named = mark.holiday;
    return column(mark, { x: LEFT + place * step, step, base, isLabelled: place % every === 0, holiday: begins ? mark.holiday : "" });
  });
  const groups = drawn.groups.map((each) => group(each, LEFT, step, base + AXIS, width));
  return { node: svg("g", {}, hatching(), scale, labels, svg("g", { class: "marks", role: "list" }, marks), svg("g", { class: "marks groups", role: "list" }, groups)), height };
}

function hatching() {
  const lines = svg("pattern", { id: "unfinished", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("rect", { width: 3, height: 6, class: "bar" }));
  return svg("defs", {}, lines);
}

function column(mark, at) {
  const up = (share) => at.base - Math.max(0, Math.min(share ?? 0, 1)) * HEIGHT, gap = Math.min(at.step * 0.16, 6), wide = Math.max(at.step - 2 * gap, 1);
  const said = [mark.long, mark.words, mark.usual, mark.note].filter(Boolean).join(" · ");
  const kind = `bar${mark.off ? " off" : ""}${mark.standing === "above" ? " above" : ""}`;
  const inside = [
    svg("rect", { x: at.x, y: TOP, width: at.step, height: HEIGHT + AXIS, class: "hit" }),
    mark.low === null ? null : svg("rect", { x: at.x, y: up(mark.high), width: at.step, height: Math.max(up(mark.low) - up(mark.high), 2), class: "usual" }),
    mark.value === null ? null : svg("rect", { x: at.x + gap, y: up(mark.value), width: wide, height: at.base - up(mark.value), class: kind, style: mark.unfinished ? "fill:url(#unfinished)" : null }),
    mark.tick === null ? null : svg("path", { d: `M${at.x + gap} ${up(mark.tick)}h${wide}`, class: "tick" }),
    mark.standing === "above" ? svg("text", { x: at.x + at.step / 2, y: up(mark.value) - 4, "text-anchor": "middle", class: "above-mark" }, "▲") : null,
    at.isLabelled ? svg("text", { x: at.x + at.step / 2, y: at.base + 15, "text-anchor": "middle", class: "quiet" }, mark.label) : null,
    at.holiday ? svg("text", { x: at.x, y: TOP - 8, class: "holiday" }, at.holiday) : null,
    svg("title", {}, said),
  ];
  return svg("a", { href: mark.href, "aria-label": said, "data-key": mark.key, role: "listitem", class: "mark" }, inside);
}

function group(each, left, step, y, width) {
  const from = left + each.first * step, to = Math.min(left + (each.last + 1) * step, width);
  const label = to - from > each.label.length * 6 ? svg("text", { x: (from + to) / 2, y: y + 15, "text-anchor": "middle", class: "name" }, each.label) : null;
  return svg("a", { href: each.href, "aria-label": each.long, "data-key": each.href, role: "listitem", class: "mark" },
    svg("rect", { x: from + 1, y: y + 1, width: Math.max(to - from - 2, 1), height: GROUP - 4, class: "hit group" }), label, svg("title", {}, each.long));
}
