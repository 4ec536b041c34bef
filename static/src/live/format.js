/** Figures as people read them: the organization's units and time zone. Internally everything is SI. */

const MILE_M = 1609.344;

/** @param {"km"|"mi"} units @param {string} timeZone IANA name */
export function createFormat({ units, timeZone }) {
  const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
  const clock = new Intl.DateTimeFormat(undefined, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(undefined, { timeZone, day: "numeric", month: "short" });
  const dayKey = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const perUnit = units === "mi" ? MILE_M : 1000;
  const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);

  return {
    speedUnit: units === "mi" ? "mph" : "km/h",
    distanceUnit: units,
    speedValue: (mps) => (known(mps) ? (mps * 3600) / perUnit : null),
    speed(mps) {
      return known(mps) ? `${whole.format((mps * 3600) / perUnit)} ${this.speedUnit}` : "";
    },
    distance: (metres) =>
      known(metres) ? `${(metres < perUnit * 100 ? tenth : whole).format(metres / perUnit)} ${units}` : "",
    accuracy: (metres) =>
      known(metres)
        ? units === "mi" ? `${whole.format(metres / 0.3048)} ft` : `${whole.format(metres)} m`
        : "",
    litres: (value) => (known(value) ? `${tenth.format(value)} L` : ""),
    percent: (value) => (known(value) ? `${whole.format(value)} %` : ""),
    volts: (value) => (known(value) ? `${tenth.format(value)} V` : ""),
    clock: (ms) => clock.format(ms),
    /** "14:05" today, "3 May, 14:05" otherwise. */
    moment(ms, nowMs) {
      const time = clock.format(ms);
      return dayKey.format(ms) === dayKey.format(nowMs) ? time : `${day.format(ms)}, ${time}`;
    },
  };
}

/** "now", "12 s ago", "4 min ago", "3 h ago", "6 days ago". */
export function ago(ms) {
  if (ms < 5_000) return "now";
  return `${duration(ms)} ago`;
}

/** "40 s", "12 min", "3 h 10 min", "6 days". */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 10 && minutes % 60 > 0) return `${hours} h ${minutes % 60} min`;
  if (hours < 48) return `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}

const COMPASS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];

/** Degrees clockwise from north as one of eight compass points. */
export function compass(degrees) {
  return COMPASS[Math.round(degrees / 45) % 8];
}

/** "30.26720, -97.74310": five decimals are about a metre. */
export function coordinates(lon, lat) {
  return `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}
