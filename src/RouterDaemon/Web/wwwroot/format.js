// Numbers, ages and addresses in the reader's language.
import { language, t } from "./i18n.js";

// The browser's own variant of the language (en-GB: 24 hours) where it has one.
const locale = () => navigator.languages.find((l) => l.startsWith(language)) ?? language;
const number = (value, digits) => new Intl.NumberFormat(locale(), { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);

// A figure and its unit stay on one line.
const joined = (figure, unit) => `${figure}\u00a0${unit}`;

function scaled(value, units, step) {
  let unit = 0;
  while (value >= step && unit < units.length - 1) {
    value /= step;
    unit++;
  }
  return joined(number(value, unit === 0 || value >= 100 ? 0 : 1), units[unit]);
}

export const bytes = (n) => scaled(n, ["B", "kB", "MB", "GB", "TB"], 1000);
export const rate = (bits) => scaled(bits < 1000 ? Math.round(bits / 100) / 10 : bits / 1000, ["kb/s", "Mb/s", "Gb/s"], 1000);
export const count = (n) => number(n, 0);

export function milliseconds(ms) {
  if (ms === null || ms === undefined) { return "–"; }
  return ms >= 1000 ? joined(number(ms / 1000, 1), "s") : joined(number(ms, ms < 10 && !Number.isInteger(ms) ? 1 : 0), "ms");
}

/** A round trip is never nothing; routers measure whole milliseconds. */
export const roundTrip = (ms) => ms !== null && ms < 1 ? joined("< 1", "ms") : milliseconds(ms);

/** The two biggest units of a length of time. */
export function duration(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) { return t("time.s", { n: s }); }
  if (s < 3600) { return t("time.min", { n: Math.floor(s / 60) }); }
  if (s < 86_400) { return t("time.h", { n: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60) }); }
  return t("time.d", { n: Math.floor(s / 86_400), h: Math.floor((s % 86_400) / 3600) });
}

export function ago(iso) {
  if (!iso) { return t("time.never"); }
  const seconds = (Date.now() - Date.parse(iso)) / 1000;
  return seconds < 5 ? t("time.now") : t("time.ago", { time: duration(seconds) });
}

export const clock = (iso) => new Date(iso).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });

export const short = (name) => name.split(".")[0];
