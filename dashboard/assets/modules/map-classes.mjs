// Numbers into five steps of lightness, and a length for the scale. Pure.

export const STEPS = 5;

// Bounds of the steps as they are printed, from the least number to the greatest: as many different numbers in each step as can be
// (quantiles), a step for each where there are no more than five; the last bound then stands twice. Empty without numbers.
export function boundsOf(numbers, decimals) {
  const different = [...new Set(numbers.map((number) => rounded(number, decimals)))].sort((a, b) => a - b);
  if (different.length <= STEPS) return different.length ? [...different, different.at(-1)] : [];
  const inner = Array.from({ length: STEPS - 1 }, (_, step) => different[Math.round(((step + 1) / STEPS) * different.length)]);
  return [different[0], ...inner, different.at(-1)];
}

// Which of the five colours a number has, 1 to 5; fewer steps use the outer ones too.
export function stepOf(number, bounds, decimals) {
  const steps = bounds.length - 1, value = rounded(number, decimals);
  let at = 0;
  while (at < steps - 1 && value >= bounds[at + 1]) at += 1;
  return shadeOf(at, steps);
}

export function shadeOf(at, steps) { return steps <= 1 ? 3 : 1 + Math.round((at * (STEPS - 1)) / (steps - 1)); }

function rounded(number, decimals) { return Number(number.toFixed(decimals)); }

// The longest round length (1, 2 or 5 times a power of ten, in metres) that fits.
export function scaleLength(metresPerPixel, mostPixels) {
  const most = metresPerPixel * mostPixels, power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((each) => each * power).find((each) => each <= most);
}
