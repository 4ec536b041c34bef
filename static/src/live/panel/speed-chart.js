/** Speed over today as a small chart; moving along it shows the place on the map. */

import uPlot from "uplot";

const HEIGHT = 122;
const GAP_S = 600;
/** Times are written to the minute, so lines of the time axis are at least that far apart. */
const TIME_STEPS_S = [60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600];

/**
 * @param {HTMLElement} host
 * @param {{t: number[], speed: (number|null)[]}} track
 * @param {{format: object, timeZone: string, onCursor: (k: number) => void}} options
 * @returns {{destroy: () => void}}
 */
export function speedChart(host, track, { format, timeZone, onCursor }) {
  const style = getComputedStyle(host);
  const colour = (name) => resolve(host, name);
  const axis = {
    stroke: colour("--text-faint"),
    font: `500 10px ${style.fontFamily}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  const chart = new uPlot(
    {
      width: host.clientWidth,
      height: HEIGHT,
      padding: [8, 6, 0, 0],
      legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
      scales: { y: { range: (_, __, max) => [0, Math.max(20, max * 1.1)] } },
      axes: [
        // The gap keeps the first time clear of the 0 beside it.
        { ...axis, size: 28, gap: 9, space: 56, incrs: TIME_STEPS_S, values: (_, splits) => splits.map((s) => format.clock(s * 1000)) },
        { ...axis, size: 34, gap: 3, space: 30 },
      ],
      series: [
        {},
        { stroke: colour("--accent"), width: 1.3, fill: colour("--accent-soft"), points: { show: false }, spanGaps: false },
      ],
      hooks: { setCursor: [(self) => onCursor(self.cursor.idx === null || self.cursor.left < 0 ? -1 : places[self.cursor.idx])] },
    },
    [[0], [null]],
    host,
  );
  const { data, places } = withGaps(track, format);
  chart.setData(data);
  const observer = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height: HEIGHT }));
  observer.observe(host);
  return {
    destroy() {
      observer.disconnect();
      chart.destroy();
    },
  };
}

/** A long silence is a hole in the line, not a slope. `places` leads from chart points back to the track. */
function withGaps({ t, speed }, format) {
  const xs = [];
  const ys = [];
  const places = [];
  for (let k = 0; k < t.length; k += 1) {
    const seconds = t[k] / 1000;
    if (k > 0 && seconds - xs.at(-1) > GAP_S) {
      xs.push(xs.at(-1) + 1);
      ys.push(null);
      places.push(k - 1);
    }
    xs.push(seconds);
    ys.push(format.speedValue(speed[k]));
    places.push(k);
  }
  return { data: [xs, ys], places };
}

function resolve(host, name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  host.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
