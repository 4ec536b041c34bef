/** Design tokens as colours that a canvas and MapLibre understand, for the theme in force now. */

const NAMES = {
  text: "--text",
  accent: "--accent",
  moving: "--moving",
  idling: "--idling",
  stopped: "--stopped",
  offline: "--offline",
  water: "--map-water",
  land: "--map-land",
  border: "--map-border",
  coast: "--map-coast",
  road: "--map-road",
  roadCase: "--map-road-case",
  grid: "--map-grid",
  gridText: "--map-grid-text",
  placeText: "--map-place-text",
  halo: "--map-halo",
  label: "--map-label",
  labelText: "--map-label-text",
  track: "--map-track",
  line: "--line",
};

/** A custom property keeps `light-dark()` as text; a real property of an element resolves it. */
export function readColours() {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colours = {};
  for (const [name, token] of Object.entries(NAMES)) {
    probe.style.color = `var(${token})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  colours.status = [colours.stopped, colours.idling, colours.moving, colours.offline];
  return colours;
}
