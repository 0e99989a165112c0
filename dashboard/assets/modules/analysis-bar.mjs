// What is asked: breadcrumbs of place and time, the bar of filters, and a chip for each filter that is set.
import { html } from "./elements.mjs";

export const NAMES = ["category", "channel", "department", "state", "urgency", "reporter_kind"];

export function crumbs(slot, found, label) {
  slot.setAttribute("aria-label", label);
  slot.replaceChildren(...found.map((each) => html("li", {}, each.href ? html("a", { href: each.href, "data-key": `crumb ${each.text}` }, each.text) : html("span", { "aria-current": "page" }, each.text))));
}

export function chips(slot, found) {
  slot.replaceChildren(...found.map((each) => html("a", { href: each.href, class: "filter-chip", "data-key": `chip ${each.name}` },
    html("span", { class: "quiet" }, each.label), each.value, html("span", { class: "off-mark", "aria-hidden": "true" }, "×"))));
}

// Drawn once; what is chosen is set at every answer.
export function filters(when, slot, known, go) {
  const { words, choices } = known;
  const select = (name, label, options, any) => field(label, html("select", { name, "aria-label": label, onchange: (event) => go({ [name]: event.target.value }) },
    any === null ? null : html("option", { value: "" }, any), options.map(([code, said, level]) => html("option", { value: code }, level > 1 ? `${"\u3000".repeat(level - 1)}${said}` : said))));
  const day = (name) => html("input", { type: "date", name, "aria-label": words[`analysis.${name}`], onchange: () => days(when, go) });
  const text = html("form", { class: "text-filter", onsubmit: (event) => { event.preventDefault(); go({ text: event.target.elements.text.value }); } },
    html("input", { name: "text", type: "search", maxlength: 40, placeholder: words["analysis.text_hint"], "aria-label": words["analysis.text_hint"] }), html("button", {}, words["analysis.apply"]));
  when.replaceChildren(
    select("metric", words["analysis.metric"], choices.metric, null),
    select("period", words["analysis.period"], choices.period, words["analysis.own_days"]),
    field(`${words["analysis.from"]} – ${words["analysis.to"]}`, html("span", { class: "from-to" }, day("from"), "–", day("to"))),
    select("compare", words["analysis.compare"], choices.compare, null),
  );
  slot.replaceChildren(
    field(words["analysis.by.area"], html("select", { name: "area_code", "aria-label": words["analysis.by.area"], onchange: (event) => go({}, event.target.value) },
      html("option", { value: "" }, words["analysis.any"]), known.areas.map(([code, said, level]) => html("option", { value: code }, level === "village" ? `\u3000${said}` : said)))),
    ...NAMES.map((name) => select(name, words[`analysis.by.${name}`], choices[name], words["analysis.any"])),
    text,
  );
}

const field = (label, control) => html("label", { class: "filter" }, html("span", {}, label), control);

function days(slot, go) {
  const [from, to] = ["from", "to"].map((name) => slot.querySelector(`[name=${name}]`).value);
  if (from && to) go({ period: from <= to ? `${from}..${to}` : `${to}..${from}` });
}

export function choose(page, selected) {
  for (const [name, value] of Object.entries(selected)) {
    const control = page.querySelector(`.filters [name=${name}]`);
    if (control && control.value !== value) control.value = value;
    control?.closest(".filter")?.classList.toggle("is-set", NAMES.includes(name) && Boolean(value));
  }
}
