/* The only file that fills dash_clientside: each entry imports its module when called and returns the promise. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.shouwang = {
  start: (selection) => import("/assets/modules/wall.mjs").then((wall) => wall.start(selection)),
  confirm: (shown) => import("/assets/modules/wall.mjs").then((wall) => wall.confirm(shown)),
  incident: (shown) => shown ? import("/assets/modules/incident.mjs").then((page) => page.show(shown)) : window.dash_clientside.no_update,
  section: () => import("/assets/modules/analysis-section.mjs").then((section) => section.drawn()),
  limits: (values, rules) => import("/assets/modules/analysis-section.mjs").then((section) => section.limits(values, rules)),
  draw: (answer) => answer ? import("/assets/modules/analysis.mjs").then((page) => page.draw(answer)) : window.dash_clientside.no_update,
};
