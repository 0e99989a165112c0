// Views a person has named: kept in this browser, by name. A view is its address, so a colleague is sent the link itself.
import { fill, html } from "./elements.mjs";

const KEPT = "analysis views", MOST = 50;

export function added(views, name, href, said) {
  return [{ name, href, said }, ...views.filter((each) => each.name !== name)].slice(0, MOST);
}

export const without = (views, name) => views.filter((each) => each.name !== name);

// What cannot be read is none; what leads elsewhere is not followed.
export function readable(written) {
  try {
    const found = JSON.parse(written ?? "[]");
    return Array.isArray(found) ? found.filter((each) => typeof each?.name === "string" && /^\/analysis(\/|\?|$)/.test(each?.href)) : [];
  } catch {
    return [];
  }
}

export function views(words, current) {
  const list = html("ul"), name = html("input", { maxlength: 40, placeholder: words["analysis.view_name"], "aria-label": words["analysis.view_name"], required: true });
  const kept = () => readable(localStorage.getItem(KEPT));
  const keep = (views) => { localStorage.setItem(KEPT, JSON.stringify(views)); show(); };
  const show = () => {
    const rows = kept().map((each) => html("li", {}, html("a", { href: each.href, title: each.said }, each.name),
      html("button", { "aria-label": fill(words["analysis.forget"], { name: each.name }), onclick: () => keep(without(kept(), each.name)) }, "×")));
    list.replaceChildren(...(rows.length ? rows : [html("li", { class: "quiet" }, words["analysis.no_views"])]));
  };
  const save = (event) => {
    event.preventDefault();
    const { href, said } = current();
    keep(added(kept(), name.value.trim(), href, said));
    name.value = "";
  };
  show();
  const form = html("form", { onsubmit: save }, name, html("button", {}, words["analysis.save"]));
  return html("details", { class: "menu views" }, html("summary", {}, words["analysis.views"]), html("div", {}, list, form));
}
