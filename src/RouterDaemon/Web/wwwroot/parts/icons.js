// Line icons on a 24 grid.
import { h } from "../view.js";

const shapes = {
  gauge: ["M4 18a9 9 0 1 1 16 0", "M12 14l4-5"],
  device: ["M4 5h16v11H4z", "M9 20h6"],
  path: ["M6 18C6 9 18 15 18 6", "M6 18m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0", "M18 6m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0"],
  people: ["M9 8m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0", "M3 19c0-3.3 2.7-5 6-5s6 1.7 6 5", "M16 5.5a3 3 0 0 1 0 5", "M18 14.4c1.9.8 3 2.3 3 4.6"],
  key: ["M8 15m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "M11 12l8-8", "M16 7l3 3"],
  gear: ["M12 12m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0", "M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M18.4 5.6l-2.1 2.1M7.7 16.3l-2.1 2.1"],
  alert: ["M12 4l9 16H3z", "M12 10v4", "M12 17v.1"],
  wifi: ["M3 9.5a13 13 0 0 1 18 0", "M6.5 13a8 8 0 0 1 11 0", "M10 16.5a3 3 0 0 1 4 0", "M12 19.5v.1"],
  cell: ["M5 20v-4", "M10 20v-8", "M15 20V8", "M20 20V4"],
  cable: ["M5 9h14v9H5z", "M9 18v-3h6v3", "M9 9V6h6v3"],
  copy: ["M9 9h10v11H9z", "M15 9V5H5v11h4"],
  close: ["M6 6l12 12M18 6L6 18"],
  plus: ["M12 5v14M5 12h14"],
  share: ["M12 15V4", "M8 8l4-4 4 4", "M5 12v8h14v-8"],
  globe: ["M12 12m-8.5 0a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0-17 0", "M3.5 12h17", "M12 3.5c4.5 4.5 4.5 12.5 0 17c-4.5-4.5-4.5-12.5 0-17"],
  down: ["M12 5v14M6 13l6 6 6-6"],
  up: ["M12 19V5M6 11l6-6 6 6"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
};

export const icon = (name) => h("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" },
  shapes[name].map((d) => h("path", { d })));

/** The product's mark: two ends and the way between them. */
export const mark = () => h("svg", { class: "mark", viewBox: "0 0 32 32", "aria-hidden": "true" },
  h("rect", { width: 32, height: 32, rx: 8 }),
  h("path", { d: "M9 22.5C9 12 23 20 23 9.5" }),
  h("circle", { cx: 9, cy: 22.5, r: 3.4 }),
  h("circle", { class: "open", cx: 23, cy: 9.5, r: 3.4 }));
