// Whether a figure grows: a straight line through its means over equal stretches, and how sure its slope is. Single
// samples follow one another too closely to be taken for independent; means of long stretches are nearly so.

/** Student's t for 95 % (two sides), by degrees of freedom. */
const T95 = [[1, 12.71], [2, 4.3], [3, 3.18], [4, 2.78], [5, 2.57], [6, 2.45], [8, 2.31], [10, 2.23], [14, 2.14], [18, 2.1], [30, 2.04]];
const t95 = (freedom) => T95.filter(([most]) => most <= freedom).at(-1)[1];
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;

/** samples: [x, y] in the order of x. Slope of y by x, and the half width of its 95 % confidence interval. */
export function slope(samples, stretches = 16) {
  const size = samples.length / stretches;
  const means = Array.from({ length: stretches }, (_, i) => samples.slice(Math.floor(i * size), Math.floor((i + 1) * size)))
    .filter((list) => list.length > 0).map((list) => [mean(list.map(([x]) => x)), mean(list.map(([, y]) => y))]);
  if (means.length < 3) throw new Error('too few samples for a slope');
  const [x0, y0] = [0, 1].map((i) => mean(means.map((one) => one[i])));
  const xx = means.reduce((sum, [x]) => sum + (x - x0) ** 2, 0), value = means.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0) / xx;
  const rest = means.reduce((sum, [x, y]) => sum + (y - y0 - value * (x - x0)) ** 2, 0), freedom = means.length - 2;
  return { value, half: t95(freedom) * Math.sqrt(rest / freedom / xx) };
}

/** The half of the samples in which x is larger. A heap settles for long, ever more slowly, and every part of that looks like growth: what is left of
 * it in the second half of hours is too little to be told from chance, and a leak goes on there as before. */
export function settled(samples) {
  const [first, last] = [samples[0][0], samples.at(-1)[0]];
  return samples.filter(([x]) => x >= (first + last) / 2);
}

/** Growth that cannot be chance. */
export const grows = ({ value, half }) => value - half > 0;
