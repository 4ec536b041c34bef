/** Which part of the fleet the first look should show. Pure. */

/** At most this share of the vehicles may be left out, and only if the look gets this much closer. */
const MOST_LEFT_OUT = 0.2;
const CLOSER_BY = 3;
/** Who is only this much further out than the main body belongs to it. */
const STILL_NEAR = 1.5;

/**
 * Everybody, unless some vehicles far away would shrink all others to a dot.
 * @param {number[]} indexes vehicles with a place
 * @param {{x: ArrayLike<number>, y: ArrayLike<number>}} places Mercator places by index
 * @returns {number[]} the indexes to frame
 */
export function mainBody(indexes, { x, y }) {
  if (indexes.length === 0) return indexes;
  const middleX = median(indexes.map((i) => x[i]));
  const middleY = median(indexes.map((i) => y[i]));
  const away = (i) => Math.max(Math.abs(x[i] - middleX), Math.abs(y[i] - middleY));
  const distances = indexes.map(away).sort((a, b) => a - b);
  const reach = STILL_NEAR * distances[Math.ceil(distances.length * (1 - MOST_LEFT_OUT)) - 1];
  const body = indexes.filter((i) => away(i) <= reach);
  return span(body, x, y) * CLOSER_BY < span(indexes, x, y) ? body : indexes;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function span(indexes, x, y) {
  const width = (values) => Math.max(...values) - Math.min(...values);
  return Math.max(width(indexes.map((i) => x[i])), width(indexes.map((i) => y[i])));
}
