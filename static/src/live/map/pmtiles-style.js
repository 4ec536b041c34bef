/**
 * A quiet style for one .pmtiles file in the Protomaps basemap schema (layers earth, water, landuse,
 * roads, boundaries, places), in the colours of the page's theme.
 */
export function pmtilesStyle(url, colours) {
  const zoomed = (...stops) => ["interpolate", ["exponential", 1.5], ["zoom"], ...stops];
  const roads = (id, kinds, width, minzoom) => [
    line(`${id}-case`, kinds, colours.roadCase, zoomed(...width.map((w, k) => (k % 2 ? w + 1.2 : w))), minzoom),
    line(id, kinds, colours.road, zoomed(...width), minzoom),
  ];
  const line = (id, kinds, colour, width, minzoom) => ({
    id,
    type: "line",
    source: "base",
    "source-layer": "roads",
    minzoom,
    filter: ["in", ["get", "kind"], ["literal", kinds]],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour, "line-width": width },
  });
  return {
    version: 8,
    sources: { base: { type: "vector", url: `pmtiles://${url}`, attribution: "© OpenStreetMap contributors" } },
    layers: [
      { id: "water-ground", type: "background", paint: { "background-color": colours.water } },
      { id: "earth", type: "fill", source: "base", "source-layer": "earth", paint: { "fill-color": colours.land } },
      {
        id: "landuse",
        type: "fill",
        source: "base",
        "source-layer": "landuse",
        paint: { "fill-color": colours.grid, "fill-opacity": 0.35 },
      },
      {
        id: "water",
        type: "fill",
        source: "base",
        "source-layer": "water",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": colours.water },
      },
      ...roads("minor", ["minor_road", "other"], [13, 0.6, 18, 8], 12),
      ...roads("major", ["major_road", "medium_road"], [8, 0.5, 18, 12], 7),
      ...roads("highway", ["highway"], [5, 0.5, 18, 15], 5),
      {
        id: "boundaries",
        type: "line",
        source: "base",
        "source-layer": "boundaries",
        paint: { "line-color": colours.border, "line-width": 1, "line-dasharray": [3, 2] },
      },
      {
        id: "road-names",
        type: "symbol",
        source: "base",
        "source-layer": "roads",
        minzoom: 13,
        layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-size": 11, "text-font": ["Inter Variable"] },
        paint: { "text-color": colours.placeText, "text-halo-color": colours.land, "text-halo-width": 1.4 },
      },
      {
        id: "places",
        type: "symbol",
        source: "base",
        "source-layer": "places",
        layout: { "text-field": ["get", "name"], "text-size": zoomed(4, 10, 12, 15), "text-font": ["Inter Variable"] },
        paint: { "text-color": colours.text, "text-halo-color": colours.land, "text-halo-width": 1.6 },
      },
    ],
  };
}
