/** The map's camera as plain numbers, for drawing thousands of points without asking MapLibre for each. */

import { mercatorX, mercatorY } from "../mercator.js";

const TILE = 512;

export class View {
  /** Copy the camera. Screen points are CSS pixels from the map's top left corner. */
  read(map) {
    const centre = map.getCenter();
    const container = map.getContainer();
    const padding = map.getPadding();
    this.zoom = map.getZoom();
    this.scale = TILE * 2 ** this.zoom;
    this.centreX = mercatorX(centre.lng);
    this.centreY = mercatorY(centre.lat);
    this.width = container.clientWidth;
    this.height = container.clientHeight;
    // MapLibre's centre is the middle of what the padding leaves.
    this.middleX = (this.width + padding.left - padding.right) / 2;
    this.middleY = (this.height + padding.top - padding.bottom) / 2;
    return this;
  }

  screenX(x) {
    let dx = x - this.centreX;
    // The nearest of the world's copies side by side.
    dx -= Math.round(dx);
    return dx * this.scale + this.middleX;
  }

  screenY(y) {
    return (y - this.centreY) * this.scale + this.middleY;
  }

  /** Mercator x and y of a screen point. */
  unprojectX(sx) {
    return (sx - this.middleX) / this.scale + this.centreX;
  }

  unprojectY(sy) {
    return (sy - this.middleY) / this.scale + this.centreY;
  }

  holds(sx, sy, margin) {
    return sx > -margin && sy > -margin && sx < this.width + margin && sy < this.height + margin;
  }
}
