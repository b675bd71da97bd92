// Words of the page. One dictionary a language; a word is a text with {names} or a function.
import en from "./lang/en.js";
import ja from "./lang/ja.js";

const dictionaries = { en, ja };
const KEY = "ntm-language";

export const languages = { en: "English", ja: "日本語" };
export let language = "en";

/** The remembered language, else the browser's. */
export function chooseLanguage(wanted) {
  const asked = wanted ?? read() ?? navigator.language.slice(0, 2).toLowerCase();
  language = asked in dictionaries ? asked : "en";
  document.documentElement.lang = language;
  if (wanted) { localStorage.setItem(KEY, wanted); }
}

export function t(key, values = {}) {
  const word = dictionaries[language][key] ?? en[key] ?? key;
  return typeof word === "function"
    ? word(values)
    : word.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** True when the dictionary has this key: for codes that the router may invent later. */
export const knows = (key) => key in en;

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // Storage may be switched off.
  }
}
