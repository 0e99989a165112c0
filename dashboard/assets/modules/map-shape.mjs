// The outlines of areas in pixels. Pure.

// The rings of a GeoJSON polygon or of several.
export function ringsOf(geometry, place) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return polygons.flat().map((ring) => ring.map(([lon, lat]) => place({ lon, lat })));
}

// Whether a point lies inside, by how often a ray to the right crosses the rings.
export function holds(rings, x, y) {
  let isInside = false;
  for (const ring of rings) for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
    const a = ring[at], b = ring[before];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) isInside = !isInside;
  }
  return isInside;
}

// Whether a name in a box is read as that of its own area: its middle is in no other's, and some of it is in its own.
export function belongs({ left, right, top, bottom }, code, cells) {
  const x = (left + right) / 2, y = (top + bottom) / 2, own = cells.find((cell) => cell.code === code);
  if (!own || cells.some((cell) => cell !== own && holds(cell.rings, x, y))) return false;
  return [0, 0.25, 0.5, 0.75, 1].some((share) => [top, y, bottom].some((at) => holds(own.rings, left + share * (right - left), at)));
}
