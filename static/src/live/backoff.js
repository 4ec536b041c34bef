/**
 * How long to wait before trying to connect again: full jitter over a doubling range, so that
 * thousands of browsers do not come back in the same second after a restart. The first wait is
 * between 0.25 s and 0.9 s, the longest about 10 s: people who dispatch wait for this.
 * @param {number} attempt tries that failed so far, from 0
 * @param {() => number} random 0 <= r < 1
 * @returns {number} milliseconds
 */
export function backoffMs(attempt, random = Math.random) {
  const ceiling = Math.min(10_000, 900 * 2 ** attempt);
  const floor = Math.min(250 * 2 ** attempt, ceiling / 3);
  return Math.round(floor + random() * (ceiling - floor));
}
