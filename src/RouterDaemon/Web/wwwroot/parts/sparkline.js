// The last minute of a session's traffic: received above the line, sent below it.
import { h } from "../view.js";
import { t } from "../i18n.js";

const WIDTH = 180;
const HALF = 20;
const POINTS = 60;

export function sparkline(samples) {
  const top = Math.max(8_000, ...samples.map((s) => Math.max(s.in, s.out)));
  return h("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${2 * HALF + 1}`, preserveAspectRatio: "none", role: "img", "aria-label": t("rate.chart") },
    h("path", { class: "spark-in", d: area(samples, (s) => s.in / top, -1) }),
    h("path", { class: "spark-out", d: area(samples, (s) => s.out / top, 1) }),
    h("line", { x1: 0, x2: WIDTH, y1: HALF + 0.5, y2: HALF + 0.5 }));
}

function area(samples, value, side) {
  if (samples.length === 0) { return ""; }
  const step = WIDTH / (POINTS - 1);
  const start = WIDTH - (samples.length - 1) * step;
  const points = samples.map((s, i) => `${(start + i * step).toFixed(1)} ${(HALF + 0.5 + side * (value(s) ** 0.5) * (HALF - 1)).toFixed(1)}`);
  return `M${start.toFixed(1)} ${HALF + 0.5}L${points.join("L")}L${WIDTH} ${HALF + 0.5}Z`;
}
