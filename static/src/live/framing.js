/** Which part of the fleet the first look should show. Pure. */

/** At most this share of the vehicles may be left out, and only if the look gets this much closer. */
const MOST_LEFT_OUT = 0.1;
const CLOSER_BY = 2;

/**
 * Everybody, unless a few vehicles far away would shrink all others to a dot.
 * @param {number[]} indexes vehicles with a place
 * @param {{x: ArrayLike<number>, y: ArrayLike<number>}} places Mercator places by index
 * @returns {number[]} the indexes to frame
 */
export function mainBody(indexes, { x, y }) {
  const middleX = median(indexes.map((i) => x[i]));
  const middleY = median(indexes.map((i) => y[i]));
  const away = (i) => Math.max(Math.abs(x[i] - middleX), Math.abs(y[i] - middleY));
  const nearest = indexes.toSorted((a, b) => away(a) - away(b));
  const kept = nearest.slice(0, Math.ceil(nearest.length * (1 - MOST_LEFT_OUT)));
  return span(kept, x, y) * CLOSER_BY < span(indexes, x, y) ? kept : indexes;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function span(indexes, x, y) {
  const width = (values) => Math.max(...values) - Math.min(...values);
  return indexes.length === 0 ? 0 : Math.max(width(indexes.map((i) => x[i])), width(indexes.map((i) => y[i])));
}
