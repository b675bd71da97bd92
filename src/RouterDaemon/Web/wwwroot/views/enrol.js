// Becoming a node of a provider.
import { enrol as send } from "../api.js";
import { h } from "../view.js";
import { t } from "../i18n.js";
import { copyButton, facts, mono, viewTitle } from "../parts/bits.js";
import { icon } from "../parts/icons.js";
import { toast, words } from "../parts/toast.js";
import { change } from "../store.js";

const local = { busy: false, problem: "" };

export const enrol = ({ snapshot: { status } }) => [
  viewTitle(t("enrol.title")),
  status.enrolled ? done(status) : form(),
];

const done = (status) => h("div", { key: "done", class: "card" },
  h("p", { class: "big-yes" }, icon("check"), t("enrol.done", { name: status.name })),
  facts(
    [t("enrol.name"), mono(status.name)],
    [t("enrol.zone"), mono(status.zone)],
    [t("overview.ds"), status.directionServer ? mono(status.directionServer.name) : "–"]),
  h("div", { class: "fingerprint" }, mono(status.fingerprint), copyButton(status.fingerprint, t("overview.fingerprint"))),
  h("p", { class: "soft" }, t("enrol.next"), " ", h("a", { href: "#people" }, t("enrol.nextGo"))));

const form = () => h("form", { key: "form", class: "card enrol", onsubmit: submit },
  h("ol", { class: "steps" }, ["enrol.step1", "enrol.step2", "enrol.step3"].map((key) => h("li", { key }, t(key)))),
  h("label", { class: "field" },
    h("span", { class: "field-label" }, t("enrol.token")),
    h("textarea", { name: "token", rows: "3", required: true, autocomplete: "off", spellcheck: "false", autocapitalize: "none", class: "mono" }),
    h("span", { class: "field-hint" }, t("enrol.tokenHint"))),
  h("p", { class: "field-problem", role: "alert", hidden: !local.problem }, local.problem),
  h("button", { type: "submit", class: "button button-main", disabled: local.busy }, t(local.busy ? "enrol.busy" : "enrol.go")));

async function submit(event) {
  event.preventDefault();
  Object.assign(local, { busy: true, problem: "" });
  change({});
  try {
    await send(new FormData(event.currentTarget).get("token").replace(/\s/g, ""));
    toast(t("enrol.toast"));
  } catch (problem) {
    local.problem = words(problem);
  }
  local.busy = false;
  change({});
}
