// One row of the live list: what it says as plain data, and how that is drawn. Text is only ever text.
import { element } from "./elements.mjs";
import { STAGE_OF, age, fill, shape, standing } from "./words.mjs";

const STAGES = 6;

// What a row says now. On a town's own wall its name goes without saying.
export function rowOf(incident, names, now, level) {
  const place = [level === "county" ? incident.township : null, incident.village].map((code) => names.areas[code]).filter(Boolean).join(" · ");
  const hidden = incident.restricted ? names.words.restricted : incident.text ? "" : fill(names.words.no_text, { media: incident.media });
  return {
    id: incident.id, isFresh: now - incident.at < 300000, kind: standing(incident, now), category: names.categories[incident.category] ?? "", place,
    age: age(names.words, now - incident.at), isHidden: hidden !== "", text: hidden || incident.text.replaceAll("\n", " "), stage: STAGE_OF[incident.state] ?? 1,
    held: [names.states[incident.state], names.organisations[incident.holder]].filter(Boolean).join(" · "), channel: names.channels[incident.channel] ?? "",
  };
}

export function drawn(said) {
  const row = element("li", `row${said.isFresh ? " fresh" : ""}`), head = element("div", "row-head"), foot = element("div", "row-foot"), stages = element("span", "stages");
  row.dataset.incident = said.id;
  head.append(element("span", `shape ${said.kind}`, shape(said.kind)), element("span", "row-category", said.category), element("span", "row-place", said.place), element("span", "row-age", said.age));
  for (let stage = 1; stage <= STAGES; stage += 1) stages.append(element("i", stage < said.stage ? "done" : stage === said.stage ? "at" : ""));
  foot.append(stages, element("span", "row-state", said.held), element("span", "row-channel", said.channel));
  row.append(head, element("div", `row-text${said.isHidden ? " quiet" : ""}`, said.text), foot);
  return row;
}

// The same row a while later.
export function growOlder(row, age) { row.querySelector(".row-age").firstChild.data = age; }

// The elements of a list in this order, those that stand in it already left where they are: what is moved or put back is laid out anew.
export function arrange(list, wanted) {
  const staying = new Set(wanted);
  [...list.children].filter((child) => !staying.has(child)).forEach((child) => child.remove());
  wanted.forEach((child, place) => { if (list.children[place] !== child) list.insertBefore(child, list.children[place] ?? null); });
}
