// A ring that opens where something has just changed, under 400 ms.
import { colour } from "./map-draw.mjs";

const NEW_MS = 390, CHANGED_MS = 260;

// Draws what is left of the rings and forgets those that are over; true while there are any.
export function drawRings(pen, rings, place, unit) {
  const clock = performance.now();
  for (const [id, ring] of rings) {
    const share = (clock - ring.at) / (ring.isNew ? NEW_MS : CHANGED_MS);
    if (share > 1) { rings.delete(id); continue; }
    const { x, y } = place(ring);
    pen.globalAlpha = 1 - share;
    pen.strokeStyle = colour("new");
    pen.lineWidth = unit * 3;
    pen.beginPath();
    pen.arc(x, y, unit * (8 + 34 * share), 0, 2 * Math.PI);
    pen.stroke();
  }
  pen.globalAlpha = 1;
  return rings.size > 0;
}
