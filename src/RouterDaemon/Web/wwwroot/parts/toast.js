// Short messages at the edge, and words for readers who do not see them.
import { knows, t } from "../i18n.js";
import { h, patch } from "../view.js";

const SHOWN = 6_000;
const place = document.getElementById("toasts");
const spoken = document.getElementById("spoken");
let items = [];
let ids = 0;

export function announce(text) { spoken.textContent = text; }

export function toast(text, kind = "good") {
  const item = { id: ++ids, text, kind };
  items = [...items.slice(-2), item];
  show();
  announce(text);
  setTimeout(() => {
    items = items.filter((i) => i !== item);
    show();
  }, SHOWN);
}

/** What went wrong, in the reader's language as far as it is known; the router's own words follow. */
export const words = (problem) => {
  if (problem instanceof TypeError) { return t("lost.title"); }
  const own = `error.${problem.code}`;
  return knows(own) ? t(own, { message: problem.message, n: problem.retryAfter }) : problem.message;
};

export const failure = (problem) => toast(words(problem), "bad");

/** Takes the messages out of a dialog that goes. */
export const leaveDialog = () => document.body.append(place);

// An open dialog covers the page: the messages go into it.
function show() {
  (document.querySelector("dialog[open]") ?? document.body).append(place);
  patch(place, items.map((i) => h("p", { key: i.id, class: `toast toast-${i.kind}` }, i.text)));
}
