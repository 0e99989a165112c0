// What the map's colours and sizes mean, in words: one key for each layer that is drawn. Text is only ever text.
import { element } from "./elements.mjs";
import { fill } from "./words.mjs";
import { shadeOf } from "./map-classes.mjs";

export class Legend {
  constructor(slot) { Object.assign(this, { slot, said: "" }); }

  // `shown`: clusters (are there any), trail, values { content, bounds, none, few }, heat { content, most }. True when it has changed.
  draw(shown, words) {
    const said = JSON.stringify([shown.hasClusters, shown.hasTrail, shown.values && { ...shown.values, content: [shown.values.content.title, shown.values.content.decimals] },
      shown.heat && [shown.heat.most, shown.heat.content.days, shown.heat.content.capped], words.title]);
    if (!this.slot || said === this.said) return false;
    this.said = said;
    const keys = [];
    if (shown.hasClusters) keys.push(key("key-cluster", words["map.others"]));
    if (shown.hasTrail) keys.push(key("key-trail", words["map.trail"]));
    if (shown.values) keys.push(...valuesKey(shown.values, words));
    if (shown.heat) keys.push(heatKey(shown.heat, words));
    this.slot.replaceChildren(...keys);
    return true;
  }
}

function key(mark, words) {
  const made = element("span", "key");
  made.append(element("i", mark), document.createTextNode(words));
  return made;
}

function valuesKey({ content, bounds, none, few }, words) {
  const made = element("span", "key key-values"), steps = Math.max(bounds.length - 1, 0);
  made.append(element("span", "key-title", content.title));
  if (steps) {
    const scale = element("span", "key-scale");
    for (let at = 0; at < steps; at += 1) {
      const step = element("span", `key-step step-${shadeOf(at, steps)}`);
      step.append(element("b", "", bounds[at].toFixed(content.decimals)));
      if (at === steps - 1 && bounds[at] !== bounds[at + 1]) step.append(element("b", "last", bounds[at + 1].toFixed(content.decimals)));
      scale.append(step);
    }
    made.append(scale);
  }
  const others = [none && key("key-none", words["map.no_value"]), few && key("key-few", fill(words["map.few"], { minimum: content.minimum }))];
  return [made, ...others.filter(Boolean)];
}

function heatKey({ content, most }, words) {
  const made = element("span", "key key-heat"), facts = { days: content.days, most: most >= 10 ? Math.round(most) : most.toFixed(1) };
  made.append(element("span", "key-title", fill(words[content.capped ? "map.heat_capped" : "map.heat"], facts)), element("i", "key-ramp"), element("span", "", fill(words["map.heat_most"], facts)));
  return made;
}
