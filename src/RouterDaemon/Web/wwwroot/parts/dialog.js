// Modal dialogs: the browser's own <dialog>, which holds the focus and closes on Escape.
import { h, patch } from "../view.js";
import { t } from "../i18n.js";
import { icon } from "./icons.js";
import { leaveDialog, words } from "./toast.js";

/**
 * Opens a dialog. body(redraw) describes what is inside the form; submit(form data) runs when it is sent, and the dialog closes when that
 * did not throw. Without submit there is only a way to close it.
 */
export function openDialog({ title, body, submit, submitText, danger, wide }) {
  const dialog = document.createElement("dialog");
  const inside = document.createElement("div"); // messages stand beside it
  inside.className = "dialog-inside";
  dialog.append(inside);
  let problem = "";
  let busy = false;
  const draw = () => patch(inside, h("form", { method: "dialog", onsubmit: send, novalidate: true },
    h("header", {},
      h("h2", { id: "dialog-title" }, typeof title === "function" ? title() : title),
      h("button", { type: "button", class: "icon-button", onclick: close, "aria-label": t("dialog.close") }, icon("close"))),
    h("div", { class: "dialog-body" }, body(draw)),
    h("p", { class: "field-problem", role: "alert", hidden: !problem }, problem),
    h("footer", {},
      h("button", { type: "button", class: "button button-quiet", onclick: close }, t(submit ? "dialog.cancel" : "dialog.close")),
      submit && h("button", { type: "submit", class: danger ? "button button-danger" : "button button-main", disabled: busy }, submitText))));
  const close = () => dialog.close();

  async function send(event) {
    event.preventDefault();
    if (!submit || busy) { return; }
    const form = event.currentTarget;
    if (!form.reportValidity()) { return; }
    busy = true;
    problem = "";
    draw();
    try {
      await submit(new FormData(form));
      dialog.close();
      return;
    } catch (e) {
      problem = words(e);
    }
    busy = false;
    draw();
  }

  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.classList.toggle("wide", Boolean(wide));
  dialog.addEventListener("close", () => {
    leaveDialog();
    dialog.remove();
  });
  document.body.append(dialog);
  draw();
  dialog.showModal();
  (dialog.querySelector("[autofocus]") ?? dialog.querySelector("input, select, textarea"))?.focus();
  return { close, draw };
}

export const field = (label, control, hint) => h("label", { class: "field" },
  h("span", { class: "field-label" }, label),
  control,
  hint && h("span", { class: "field-hint" }, hint));

/** Asks before something that cannot be taken back. */
export const confirm = (title, text, submitText, submit) =>
  openDialog({ title, body: () => h("p", {}, text), submit, submitText, danger: true });
