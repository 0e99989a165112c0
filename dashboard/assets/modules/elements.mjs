// Elements made in one line: attributes by name, children as they come. Text is always text.
const SVG = "http://www.w3.org/2000/svg";

function made(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((each) => each !== null && each !== undefined && each !== ""));
  return node;
}

export const html = (tag, attributes, ...children) => made(document.createElement(tag), attributes, children);
export const svg = (tag, attributes, ...children) => made(document.createElementNS(SVG, tag), attributes, children);

// The plainest: a class and words.
export function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

let pen = null;

export function widthOf(words, font) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = font;
  return pen.measureText(words).width;
}

// The words as far as they fit into so many pixels.
export function fitted(words, room, font) {
  if (widthOf(words, font) <= room) return words;
  let length = words.length;
  while (length > 1 && widthOf(`${words.slice(0, length)}…`, font) > room) length -= 1;
  return `${words.slice(0, length)}…`;
}

export const fill = (template, facts) => template.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
