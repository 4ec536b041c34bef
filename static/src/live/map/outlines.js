/**
 * The map without a base map: Natural Earth land and borders that ship with the application.
 * The coarse file shows at once; finer ones replace it as they arrive or as one zooms in. Close up
 * the coast would be wrong by hundreds of metres, so there it fades into one neutral ground.
 */

const EMPTY = { type: "FeatureCollection", features: [] };
const SOURCES = ["land", "coast", "borders"];
/** Zooms between which the finest outlines are worth having. */
const FINE_FROM_ZOOM = 5.5;
const FINE_TO_ZOOM = 11.5;
/** Degrees around the view that are taken along, so that not every move asks again. */
const AROUND = 8;

export function outlinesStyle(colours) {
  const line = (id, colour, width, opacity) => ({
    id,
    type: "line",
    source: id,
    paint: { "line-color": colour, "line-width": width, "line-opacity": opacity },
  });
  const zoomed = (...stops) => ["interpolate", ["linear"], ["zoom"], ...stops];
  return {
    version: 8,
    sources: Object.fromEntries(SOURCES.map((name) => [name, { type: "geojson", data: EMPTY, tolerance: 0.3 }])),
    layers: [
      { id: "water", type: "background", paint: { "background-color": water(colours) } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": colours.land } },
      line("coast", colours.coast, 0.8, zoomed(8, 1, 10.5, 0)),
      line("borders", colours.border, zoomed(2, 0.6, 7, 1.4), zoomed(10, 1, 12.5, 0)),
    ],
  };
}

export function paintOutlines(map, colours) {
  map.setPaintProperty("water", "background-color", water(colours));
  map.setPaintProperty("land", "fill-color", colours.land);
  map.setPaintProperty("coast", "line-color", colours.coast);
  map.setPaintProperty("borders", "line-color", colours.border);
}

function water(colours) {
  return ["interpolate", ["linear"], ["zoom"], 9, colours.water, 11.5, colours.land];
}

/**
 * Fill the outline style with shapes, and keep them as fine as the view deserves.
 * @param {object} assets URLs: outlinesWorker, outlines110, outlines50, outlines10
 * @param {(places: {name: string, lon: number, lat: number, area: number}[]) => void} onPlaces country names, largest first
 */
export async function loadOutlines(map, assets, onPlaces) {
  const unpack = unpacker(assets.outlinesWorker);
  const show = (shapes) => {
    for (const name of SOURCES) map.getSource(name).setData(shapes[name]);
  };
  const coarse = await unpack(assets.outlines110, null);
  show(coarse.shapes);
  onPlaces(coarse.places);
  const medium = await unpack(assets.outlines50, null);
  show(medium.shapes);

  let fineBox = null;
  const refine = async () => {
    const zoom = map.getZoom();
    if (zoom < FINE_FROM_ZOOM) {
      if (fineBox) show(medium.shapes);
      fineBox = null;
      return;
    }
    const view = boxOf(map.getBounds());
    if (zoom > FINE_TO_ZOOM || (fineBox && holds(fineBox, view))) return;
    const box = [view[0] - AROUND, view[1] - AROUND, view[2] + AROUND, view[3] + AROUND];
    fineBox = box;
    const fine = await unpack(assets.outlines10, box);
    // Whoever moved on meanwhile has asked for another part.
    if (fineBox === box) show(fine.shapes);
  };
  map.on("moveend", () => refine().catch(reportError));
  await refine();
}

/** Asks the worker; answers {shapes, places}. */
function unpacker(url) {
  const worker = new Worker(url, { type: "module" });
  const waiting = new Map();
  let asked = 0;
  worker.onmessage = ({ data: { id, error, ...answer } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error));
    else resolve(answer);
  };
  return (file, box) =>
    new Promise((resolve, reject) => {
      asked += 1;
      waiting.set(asked, { resolve, reject });
      // Relative to the page; inside the worker it would be relative to the worker.
      worker.postMessage({ id: asked, url: new URL(file, location.href).href, box });
    });
}

function boxOf(bounds) {
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}

function holds(outer, inner) {
  return outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];
}
