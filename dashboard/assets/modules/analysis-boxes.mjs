// The ground, the border and the outline of a box as the style sheet has them, as parts of a drawing.
import { svg } from "./elements.mjs";

const CLEAR = /^rgba\(.*, 0\)$/;
export const round = (number) => Math.round(number * 100) / 100;

export function ground({ left, top, right, bottom }, { backgroundColor, borderTopLeftRadius }) {
  if (CLEAR.test(backgroundColor) || right <= left || bottom <= top) return null;
  return svg("rect", { x: round(left), y: round(top), width: round(right - left), height: round(bottom - top), rx: borderTopLeftRadius.endsWith("px") ? parseFloat(borderTopLeftRadius) : null, fill: backgroundColor });
}

export function outline(box, style) {
  const width = parseFloat(style.outlineWidth), away = parseFloat(style.outlineOffset) + width / 2;
  if (style.outlineStyle === "none" || !width) return null;
  return svg("rect", { x: round(box.left - away), y: round(box.top - away), width: round(box.right - box.left + 2 * away), height: round(box.bottom - box.top + 2 * away), fill: "none", stroke: style.outlineColor, "stroke-width": width, "stroke-dasharray": dashes(style.outlineStyle, width) });
}

const dashes = (kind, width) => (kind === "dashed" ? `${3 * width} ${2 * width}` : null);

// The sides that there are, one after the other from the lower left, with the bends between them; all drawn as the first of them.
export function border(box, style) {
  const sides = ["Left", "Top", "Right", "Bottom"].map((side) => ({ width: style[`border${side}Style`] === "none" ? 0 : parseFloat(style[`border${side}Width`]), colour: style[`border${side}Color`], kind: style[`border${side}Style`] }));
  const drawn = sides.find(({ width, colour }) => width && !CLEAR.test(colour));
  if (!drawn) return null;
  const [x0, y0, x1, y1] = [box.left + sides[0].width / 2, box.top + sides[1].width / 2, box.right - sides[2].width / 2, box.bottom - sides[3].width / 2];
  const [tl, tr, br, bl] = bends(style, x1 - x0, y1 - y0);
  const runs = [[[x0, y1 - bl[1]], [x0, y0 + tl[1]], tl], [[x0 + tl[0], y0], [x1 - tr[0], y0], tr], [[x1, y0 + tr[1]], [x1, y1 - br[1]], br], [[x1 - br[0], y1], [x0 + bl[0], y1], bl]];
  let path = "";
  runs.forEach(([from, to, turn], place) => {
    const next = (place + 1) % 4;
    if (!sides[place].width) return;
    path += `M${from.map(round)}L${to.map(round)}`;
    if (sides[next].width && turn[0] && turn[1]) path += `A${turn.map(round)} 0 0 1 ${runs[next][0].map(round)}`;
  });
  return svg("path", { d: path, fill: "none", stroke: drawn.colour, "stroke-width": drawn.width, "stroke-dasharray": dashes(drawn.kind, drawn.width) });
}

// How far each corner bends across and down, all less where two of them would need more than a side has.
function bends(style, width, height) {
  const size = (words, whole) => (words.endsWith("%") ? (parseFloat(words) / 100) * whole : parseFloat(words));
  const found = ["TopLeft", "TopRight", "BottomRight", "BottomLeft"].map((corner) => { const [across, down = across] = style[`border${corner}Radius`].split(" "); return [size(across, width), size(down, height)]; });
  const room = (length, both) => (both > length ? length / both : 1);
  const share = Math.min(...found.map(([across, down], place) => { const next = found[(place + 1) % 4]; return place % 2 ? room(height, down + next[1]) : room(width, across + next[0]); }));
  return found.map((each) => each.map((length) => length * share));
}
