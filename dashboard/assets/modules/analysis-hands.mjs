// Hands on the page: links move the address, arrows move among the marks of a picture, focus comes back after a drawing.

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function listen(page, navigate) {
  page.addEventListener("click", (event) => {
    const link = event.target.closest("a"), href = link?.getAttribute("href");
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!isPlain || !href?.match(/^\/analysis(\/[^-]|\?|$)/)) return;
    event.preventDefault();
    navigate(href);
  });
  page.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && page.querySelector(".drawer:not(.away) .close")) return navigate(page.querySelector(".drawer .close").getAttribute("href"));
    const links = marksAround(event.target), step = STEPS[event.key];
    if (!links || (!step && !["Home", "End"].includes(event.key))) return undefined;
    event.preventDefault();
    const at = links.indexOf(event.target.closest("a"));
    const next = event.key === "Home" ? 0 : event.key === "End" ? links.length - 1 : Math.max(0, Math.min(at + step, links.length - 1));
    return move(links, links[next]);
  });
}

// The marks among which the arrows move: of one picture, and only those that filter or only those that open.
function marksAround(target) {
  const link = target.closest?.(".marks a");
  if (!link) return null;
  const isOpening = link.classList.contains("open");
  return [...link.closest(".marks").querySelectorAll("a")].filter((each) => each.classList.contains("open") === isOpening);
}

function move(links, to) {
  for (const each of links) each.setAttribute("tabindex", each === to ? "0" : "-1");
  to.focus();
}

// Of each picture one mark that filters and one that opens can be reached by Tab; the arrows do the rest.
export function rove(root) {
  for (const marks of root.querySelectorAll(".marks")) {
    const seen = new Set();
    for (const link of marks.querySelectorAll("a")) {
      const kind = link.classList.contains("open");
      link.setAttribute("tabindex", seen.has(kind) ? "-1" : "0");
      seen.add(kind);
    }
  }
}

export function refocus(place, key) {
  rove(document);
  if (!key || document.activeElement !== document.body) return;
  const near = (place && document.getElementById(place)) || document;
  const link = [...near.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
  link?.setAttribute("tabindex", "0");
  link?.focus({ preventScroll: true });
}
