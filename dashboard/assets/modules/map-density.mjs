// How dense reports are, as a smooth surface. Pure.

// `cells` have x, y (in squares of the surface) and count. Each count is spread over a circle of `radius` squares by the biweight
// (quartic) kernel, whose sum is one: the surface's sum is the number of reports, but for what lies beyond its edges.
export function density(cells, columns, rows, radius) {
  const surface = new Float32Array(columns * rows), kernel = kernelOf(radius);
  for (const { x, y, count } of cells) {
    const left = Math.round(x), top = Math.round(y);
    for (const { across, down, weight } of kernel) {
      const column = left + across, row = top + down;
      if (column >= 0 && column < columns && row >= 0 && row < rows) surface[row * columns + column] += count * weight;
    }
  }
  return { surface, peak: surface.reduce((most, each) => Math.max(most, each), 0) };
}

function kernelOf(radius) {
  const reach = Math.ceil(radius), found = [];
  for (let down = -reach; down <= reach; down += 1) for (let across = -reach; across <= reach; across += 1) {
    const square = (across * across + down * down) / (radius * radius);
    if (square < 1) found.push({ across, down, weight: (1 - square) ** 2 });
  }
  const sum = found.reduce((total, each) => total + each.weight, 0);
  return found.map((each) => ({ ...each, weight: each.weight / sum }));
}
