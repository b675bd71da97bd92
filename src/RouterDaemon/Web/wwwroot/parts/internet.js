// How devices reach ordinary hosts: the rules, and what becomes of them now.
import { forgetInternetRule, setInternetRule } from "../api.js";
import { h } from "../view.js";
import { t } from "../i18n.js";
import { chip, doing, empty, mono, section } from "./bits.js";
import { icon } from "./icons.js";
import { field, openDialog } from "./dialog.js";
import { toast } from "./toast.js";

const ways = ["relay", "auto", "direct"];
const kinds = { relay: "good", auto: "wait", direct: "off" };

export const internet = ({ internet, devices }) => section("internet", t("internet.title"), null,
  h("p", { key: "lead", class: "lead" }, t("internet.lead")),
  internet.rules.length === 0
    ? empty(t("internet.none"))
    : h("ul", { class: "lines card" }, internet.rules.map(line)),
  internet.rules.some((r) => r.way !== "direct") && state(internet),
  h("div", { class: "row" },
    h("button", { type: "button", class: "button button-tint", onclick: () => openRule(devices) }, icon("plus"), t("internet.add"))));

const who = (rule) => rule.device ?? rule.mac ?? t("internet.everyDevice");

const where = (rule) => rule.destination ? t("internet.to", { destination: rule.destination }) : t("internet.everywhere");

const line = (rule) => h("li", { key: rule.id },
  h("span", { class: "line-main" },
    h("span", { class: "line-title" }, h("b", {}, who(rule)), chip(kinds[rule.way], t(`internet.way.${rule.way}`))),
    h("small", {}, where(rule))),
  h("button", {
    type: "button", class: "icon-button", title: t("internet.forget"), "aria-label": t("internet.forgetOf", { who: who(rule) }),
    onclick: doing(() => forgetInternetRule(rule.id), t("internet.forgotten")),
  }, icon("close")));

// "relay" is a promise: where it cannot be kept, the device has no Internet, and its owner should know why.
function state({ relay, autoRelays, rules }) {
  if (!relay) {
    return h("div", { key: "state", class: "note note-warn" }, icon("alert"), h("p", {}, t("internet.noRelay")));
  }
  return h("p", { key: "state", class: "card-note" },
    t("internet.by"), " ", mono(relay), rules.some((r) => r.way === "auto") && ` · ${t(autoRelays ? "internet.autoRelays" : "internet.autoDirect")}`);
}

function openRule(devices) {
  let way = "relay";
  openDialog({
    title: t("internet.add"),
    submitText: t("internet.set"),
    wide: true,
    body: (redraw) => [
      field(t("internet.device"), h("select", { name: "device" },
        h("option", { value: "" }, t("internet.everyDevice")),
        devices.filter((d) => d.label || d.mac).map((d) => h("option", { key: d.label ?? d.mac, value: d.label ?? d.mac }, d.label ?? `${d.hint ?? t("devices.noHint")} (${d.mac})`)))),
      field(t("internet.destination"), h("input", { name: "destination", placeholder: "203.0.113.0/24", autocomplete: "off", spellcheck: "false", autocapitalize: "none" }), t("internet.destinationHint")),
      h("fieldset", { class: "field choice" },
        h("legend", { class: "field-label" }, t("internet.way")),
        h("div", { class: "segments" }, ways.map((name) => h("label", { key: name },
          h("input", { type: "radio", name: "way", value: name, checked: name === way, onchange: () => { way = name; redraw(); } }),
          h("span", {}, t(`internet.way.${name}`)))))),
      h("p", { class: "soft" }, t(`internet.help.${way}`)),
    ],
    async submit(form) {
      await setInternetRule(form.get("way"), form.get("device") || null, form.get("destination").trim() || null);
      toast(t("internet.done"));
    },
  });
}
