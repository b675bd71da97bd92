// Small parts that every view uses.
import { h } from "../view.js";
import { t } from "../i18n.js";
import { icon } from "./icons.js";
import { failure, toast } from "./toast.js";

/** Heading of a view. It takes the focus when the view is opened. */
export const viewTitle = (text, ...beside) => h("div", { class: "view-head" },
  h("h1", { id: "title", tabindex: "-1" }, text),
  beside);

export const section = (key, title, beside, ...content) => h("section", { key, class: "section", id: key },
  h("div", { class: "section-head" }, h("h2", {}, title), beside),
  content);

/** kind: good, wait, bad, off */
export const dot = (kind) => h("i", { class: `dot dot-${kind}`, "aria-hidden": "true" });

export const chip = (kind, text) => h("span", { class: `chip chip-${kind}` }, text);

export const empty = (text, ...more) => h("div", { class: "empty" }, h("p", {}, text), more);

export const facts = (...pairs) => h("dl", { class: "facts" },
  pairs.filter(Boolean).map(([name, value, kind]) => h("div", {}, h("dt", {}, name), h("dd", { class: kind ?? null }, value))));

/** A long name that may be broken after each dot, a long number after each eight digits. */
export const broken = (text) => text.split(/(?<=\.)|(?<=^(?:[0-9a-f]{8})+)(?=[0-9a-f]{8})/).flatMap((part, i) => (i === 0 ? [part] : [h("wbr"), part]));

export const mono = (text) => h("span", { class: "mono" }, text);

export const button = (kind, text, onclick, more = {}) =>
  h("button", { type: "button", class: `button button-${kind}`, onclick, ...more }, text);

export const copyButton = (text, what) => h("button", {
  type: "button",
  class: "icon-button",
  "aria-label": t("copy.what", { what }),
  title: t("copy.what", { what }),
  onclick: () => copy(text),
}, icon("copy"));

// On plain HTTP browsers have no clipboard API: the old way still works.
export async function copy(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  toast(t(done ? "copy.done" : "copy.failed"));
}

/** Runs a request of a button: the button rests meanwhile, the outcome is told. */
export const doing = (request, done) => async (event) => {
  const control = event.currentTarget;
  control.disabled = true;
  try {
    const answer = await request();
    if (done) { toast(typeof done === "function" ? done(answer) : done); }
  } catch (problem) {
    failure(problem);
  } finally {
    control.disabled = false;
  }
};
