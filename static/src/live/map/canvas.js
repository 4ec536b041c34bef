/** Canvases over a MapLibre map, with CSS pixels for their unit. */

/** A canvas of the map's size that lets every pointer through. */
export function addCanvas(map, className) {
  const canvas = document.createElement("canvas");
  canvas.className = className;
  canvas.setAttribute("aria-hidden", "true");
  map.getCanvasContainer().append(canvas);
  return canvas;
}

/** Empties the canvas, in the size of the view. @returns {CanvasRenderingContext2D} to draw the view on */
export function clear(canvas, view, ratio) {
  const width = Math.round(view.width * ratio);
  const height = Math.round(view.height * ratio);
  const context = canvas.getContext("2d");
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
