/* Leaflet keeps its maps to itself; this remembers the one on the page for the layer that draws what moves. */
window.shouwang = window.shouwang || {};
if (window.L) {
  window.L.Map.addInitHook(function () { window.shouwang.map = this; });
}
