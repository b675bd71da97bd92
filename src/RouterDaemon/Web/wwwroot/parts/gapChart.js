// Gaps of the last moves as bars, oldest to the left, on a logarithmic scale.
import { h } from "../view.js";
import { knows, t } from "../i18n.js";
import { ago, count, milliseconds } from "../format.js";

const BAR = 12;
const STEP = 20;
const HEIGHT = 64;
const LEFT = 52;
const TOP = 5_000; // ms; longer gaps touch the top
const LINES = [10, 100, 1000];
const MAX_BARS = 24;

const height = (ms) => HEIGHT * Math.min(1, Math.log10(1 + ms / 5) / Math.log10(1 + TOP / 5));

export const cause = (code) => knows(`cause.${code}`) ? t(`cause.${code}`) : code;

/** "direct wlan0 203.0.113.5:4330" in the reader's language. */
export const way = (text) => text.replace(/^(direct|relay|none)\b/, (kind) => t(`path.${kind}`));

export function gapChart(moves) {
  const bars = moves.slice(0, MAX_BARS).reverse();
  const width = LEFT + Math.max(bars.length, 6) * STEP + 4;
  const worst = Math.max(...bars.map((m) => m.gapMs));
  return h("svg", {
    class: "gaps", width, height: HEIGHT + 10, viewBox: `0 0 ${width} ${HEIGHT + 10}`, role: "img",
    "aria-label": t("moves.chart", { n: bars.length, worst: milliseconds(worst) }),
  },
    LINES.map((ms) => h("g", { class: "grid" },
      h("line", { x1: LEFT - 4, x2: width, y1: y(ms), y2: y(ms) }),
      h("text", { x: LEFT - 10, y: y(ms) + 3.5 }, milliseconds(ms).replace(".0", "")))),
    h("line", { class: "base", x1: LEFT - 4, x2: width, y1: HEIGHT + 6, y2: HEIGHT + 6 }),
    bars.map((m, i) => bar(m, LEFT + i * STEP + (STEP - BAR) / 2)));
}

const y = (ms) => HEIGHT + 6 - height(ms);

function bar(move, x) {
  const tall = Math.max(2, height(move.gapMs));
  return h("rect", { class: move.gapMs === 0 ? "bar-none" : "bar-gap", x, y: HEIGHT + 6 - tall, width: BAR, height: tall, rx: 2 },
    h("title", {}, `${ago(move.at)} · ${milliseconds(move.gapMs)} · ${cause(move.cause)}`));
}

export const moveTable = (moves) => h("div", { class: "table-wrap" }, h("table", {},
  h("thead", {}, h("tr", {}, ["when", "cause", "from", "to", "gap", "lost"].map((c) => h("th", { scope: "col", class: c === "gap" || c === "lost" ? "num" : null }, t(`moves.${c}`))))),
  h("tbody", {}, moves.map((m) => h("tr", { key: m.at },
    h("td", {}, ago(m.at)),
    h("td", {}, cause(m.cause)),
    h("td", {}, way(m.from)),
    h("td", {}, way(m.to)),
    h("td", { class: "num" }, milliseconds(m.gapMs)),
    h("td", { class: "num" }, count(m.lost)))))));
