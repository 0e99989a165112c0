// What a scene of the playlist is narrowed to: kind, channel, department, state, urgency; one code each. Pure but for the panels.
import { fill } from "./words.mjs";

const FIELDS = { channel: "channel", department: "handler", state: "state", urgency: "urgency" };

export const isNarrow = (filters) => Object.keys(filters ?? {}).length > 0;

export const isSame = (one, other) => JSON.stringify(Object.entries(one ?? {}).sort()) === JSON.stringify(Object.entries(other ?? {}).sort());

export function matches(filters, incident) {
  return Object.entries(filters ?? {}).every(([name, code]) => name === "category"
    ? incident.category === code || (incident.category ?? "").startsWith(`${code}.`) : incident[FIELDS[name]] === code);
}

// A list or a map takes what belongs to it, and lets go of what does not any more.
export function spread(taker, incident, filters) {
  if (matches(filters, incident)) taker.set(incident);
  else taker.drop(incident.id);
}

export function toQuery(filters) {
  return isNarrow(filters) ? `?${new URLSearchParams(filters)}` : "";
}

// In words, for beside the scene's name.
export function sentence(filters, names) {
  const known = { category: names.categories, channel: names.channels, department: names.organisations, state: names.states, urgency: names.urgencies };
  return Object.entries(filters ?? {}).map(([name, code]) => known[name]?.[code] ?? code).join(" · ");
}

export function nameOf(scene, filters, names) {
  const only = isNarrow(filters) ? ` · ${fill(names.words["scene.only"], { what: sentence(filters, names) })}` : "";
  return `${names.words[`scene.${scene}`] ?? ""}${only}`;
}

// Tiles whose figures are of all cases say so.
export function markAll(stage, filters, names) {
  for (const panel of stage.children) {
    const tile = [...panel.classList].find((name) => name.startsWith("panel-"))?.slice(6), head = panel.querySelector(".panel-head");
    if (head) head.dataset.all = isNarrow(filters) && !names.narrowed.includes(tile) ? names.words["scene.all"] : "";
  }
}
