// A picture that stands here as HTML, as a drawing: boxes, borders and lines of words where the browser has laid them.
import { border, ground, outline, round } from "./analysis-boxes.mjs";
import { svg } from "./elements.mjs";

export function laid(root) {
  const origin = root.getBoundingClientRect(), pieces = [];
  walk(root, { level: 0, clip: null, opacity: 1 }, (level, piece) => pieces.push({ level, piece }), (rect) => ({ left: rect.left - origin.left, top: rect.top - origin.top, right: rect.right - origin.left, bottom: rect.bottom - origin.top }));
  pieces.sort((a, b) => a.level - b.level);
  return svg("svg", { viewBox: `0 0 ${Math.ceil(origin.width)} ${Math.ceil(origin.height)}` }, svg("g", {}, pieces.map(({ piece }) => piece)));
}

// asked: how far in front the surroundings stand, what they cut off, and how much of them is seen.
function walk(element, asked, add, local) {
  const style = getComputedStyle(element), box = local(element.getBoundingClientRect());
  if (style.display === "none" || style.visibility === "hidden" || style.clipPath !== "none") return;
  const level = Math.max(asked.level, Number(style.zIndex) || 0), clip = style.overflowX === "visible" ? asked.clip : within(box, asked.clip);
  const opacity = asked.opacity * Number(style.opacity), put = (piece) => { if (piece && opacity < 1) piece.setAttribute("opacity", opacity); if (piece) add(level, piece); };
  put(ground(box, style));
  put(border(box, style));
  put(outline(box, style));
  put(sign(box, getComputedStyle(element, "::before")));
  if (element.tagName === "INPUT") put(line({ words: element.value, left: box.left, right: box.right, top: box.top, bottom: box.bottom }, style, style.textAlign));
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) lines(child, clip, local).forEach((each) => put(line(each, style)));
    else if (child.nodeType === Node.ELEMENT_NODE) walk(child, { level, clip, opacity }, add, local);
  }
}

function within(box, clip) {
  return clip ? { left: Math.max(box.left, clip.left), top: Math.max(box.top, clip.top), right: Math.min(box.right, clip.right), bottom: Math.min(box.bottom, clip.bottom) } : box;
}

// A sign that the style sheet sets before the words.
function sign(box, style) {
  const words = /^"(.*)"$/.exec(style.content)?.[1]?.trim();
  if (!words || style.display === "none") return null;
  const size = parseFloat(style.fontSize), left = box.left + (style.position === "absolute" ? parseFloat(style.left) || 0 : 0), middle = (box.top + box.bottom) / 2;
  return line({ words, left, right: left, top: middle - size / 2, bottom: middle + size / 2 }, style);
}

// Lines of a piece of text as they are laid, with what is cut off left out.
function lines(node, clip, local) {
  const found = [], range = document.createRange();
  let place = 0;
  for (const letter of node.data) {
    range.setStart(node, place);
    range.setEnd(node, place += letter.length);
    const rect = range.getClientRects()[0];
    if (!rect || !rect.width) continue;
    const box = local(rect), last = found.at(-1), isCut = clip && (box.right > clip.right + 1 || box.top >= clip.bottom - 1);
    if (isCut) { if (last && !last.words.endsWith("…")) Object.assign(last, { words: `${last.words.slice(0, -1)}…` }); continue; }
    if (last && Math.abs(last.top - box.top) < 2) Object.assign(last, { words: last.words + letter, right: box.right });
    else found.push({ words: letter, ...box });
  }
  return found.filter((each) => each.words.trim());
}

function line({ words, left, right, top, bottom }, style, align = "") {
  const size = parseFloat(style.fontSize), [anchor, x] = align === "right" || align === "end" ? ["end", right - parseFloat(style.paddingRight)] : align === "center" ? ["middle", (left + right) / 2] : ["start", left];
  return svg("text", { x: round(x), y: round((top + bottom) / 2 + size * 0.36), fill: style.color, "font-size": size, "font-weight": style.fontWeight, "font-family": style.fontFamily, "text-anchor": anchor === "start" ? null : anchor }, words);
}
