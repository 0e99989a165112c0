// The band of an interruption.
import { element } from "./elements.mjs";
import { fill } from "./words.mjs";

// One line over the scene: what it is, how many more wait, who has seen to it. Words of citizens are only ever text.
export function band(alert, state, names) {
  const { interruption: shown, incidents } = state, incident = incidents[shown.incident] ?? {};
  const place = [incident.township, incident.village].map((code) => names.areas[code]).filter(Boolean).join(" · ");
  const said = shown.group ? fill(names.words["alert.group"], { count: shown.count })
    : `${names.categories[incident.category] ?? ""} ${place}`;
  const rest = [shown.waiting ? fill(names.words["alert.queue"], { count: shown.waiting }) : "",
    shown.acknowledged ? fill(names.words["alert.acknowledged"], { name: shown.acknowledged }) : ""].filter(Boolean).join(" · ");
  alert.replaceChildren(element("span", "alert-kind", `▲ ${names.words["alert.urgent"]}`), element("span", "alert-words", said), element("span", "alert-rest", rest));
  alert.classList.add("is-on");
}
