/** Unpacks outline files off the page's own thread: the finest takes most of a second. */

import { shapesOf, within } from "./outline-shapes.js";

const unpacked = new Map();

async function load(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The outlines answered ${response.status}: ${url}`);
  return shapesOf(await response.json());
}

self.onmessage = async ({ data: { id, url, box } }) => {
  try {
    if (!unpacked.has(url)) unpacked.set(url, load(url));
    const shapes = await unpacked.get(url);
    self.postMessage({ id, shapes: within(shapes, box), places: box ? [] : shapes.places });
  } catch (error) {
    unpacked.delete(url);
    self.postMessage({ id, error: String(error) });
  }
};
