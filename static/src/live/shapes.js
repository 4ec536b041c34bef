/**
 * One shape per status, so that status can be told without colour: arrow, pause, square, crossed
 * ring. Path data in a 24 x 24 box, used by the map's canvas and by the icons of list and panel.
 */

import { IDLING, MOVING, OFFLINE, STOPPED } from "./status.js";

const CIRCLE = "M12 3.6a8.4 8.4 0 1 0 0 16.8a8.4 8.4 0 1 0 0-16.8Z";

export const SHAPES = {
  [MOVING]: { body: "M12 2.2 20.2 20.6 12 16.9 3.8 20.6Z", detail: "" },
  [IDLING]: { body: CIRCLE, detail: "M8.7 8.3h2.2v7.4H8.7ZM13.1 8.3h2.2v7.4h-2.2Z" },
  [STOPPED]: {
    body: "M7.4 4.4h9.2a3 3 0 0 1 3 3v9.2a3 3 0 0 1-3 3H7.4a3 3 0 0 1-3-3V7.4a3 3 0 0 1 3-3Z",
    detail: "M9.3 9.3h5.4v5.4H9.3Z",
  },
  [OFFLINE]: {
    body: CIRCLE,
    detail:
      "M12 6.4a5.6 5.6 0 0 0-4.4 9.06L15.46 7.6A5.57 5.57 0 0 0 12 6.4ZM16.4 8.54 8.54 16.4A5.6 5.6 0 0 0 16.4 8.54Z",
  },
};

/** Moving, but the device sends no heading. */
export const MOVING_UNDIRECTED = { body: CIRCLE, detail: "M9.7 7.9 16 12l-6.3 4.1Z" };

const SVG = "http://www.w3.org/2000/svg";

/** An <svg> of the status shape; its colours come from the CSS class `status-icon`. */
export function statusIcon(status, size = 18) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("width", String(size));
  svg.setAttribute("height", String(size));
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("status-icon");
  const body = document.createElementNS(SVG, "path");
  const detail = document.createElementNS(SVG, "path");
  detail.classList.add("status-icon-detail");
  svg.append(body, detail);
  setStatusIcon(svg, status);
  return svg;
}

export function setStatusIcon(svg, status) {
  svg.children[0].setAttribute("d", SHAPES[status].body);
  svg.children[1].setAttribute("d", SHAPES[status].detail);
}
