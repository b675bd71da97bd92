// What everybody on the Internet may reach on a device.
import { publish, unpublish } from "../api.js";
import { h } from "../view.js";
import { t } from "../i18n.js";
import { chip, doing } from "./bits.js";
import { icon } from "./icons.js";
import { field, openDialog } from "./dialog.js";
import { chosenPorts, describePorts, portsPicker } from "./ports.js";
import { toast } from "./toast.js";

const kind = (state) => ({ published: "good", waiting: "wait" })[state] ?? "bad";

export function publishedLine(p) {
  const what = describePorts(p.ports).join(t("ports.and"));
  return h("div", { key: "published", class: "share" },
    icon("globe"),
    h("span", { title: p.ports }, h("b", {}, what), h("small", {}, p.address ? t("publish.everybodyAt", { address: [p.address, p.address6].filter(Boolean).join(", ") }) : t("publish.everybody")),
      p.state !== "published" && h("small", {}, t(`publish.help.${p.state}`))),
    chip(kind(p.state), t(p.state === "published" ? "publish.on" : p.state === "waiting" ? "publish.waiting" : "publish.off")),
    h("button", {
      type: "button", class: "icon-button", title: t("publish.end"), "aria-label": t("publish.endOf", { name: p.device }),
      onclick: doing(() => unpublish(p.device), t("publish.ended", { name: p.device })),
    }, icon("close")));
}

export const publishButton = (d) =>
  h("button", { type: "button", class: "button button-quiet", onclick: () => openPublish(d) }, icon("globe"), t("publish.go"));

function openPublish(d) {
  const chosen = new Set();
  openDialog({
    title: t("publish.title", { name: d.label }),
    submitText: t("publish.confirm"),
    wide: true,
    body: (redraw) => [
      h("div", { class: "note note-warn" }, icon("alert"), h("p", {}, t("publish.note", { name: d.fullName }))),
      portsPicker(redraw, chosen, ["all", "ping"]),
      field(t("share.other"), h("input", { name: "other", placeholder: "tcp/8080, udp/5000-5010", autocomplete: "off", spellcheck: "false", autocapitalize: "none" }), t("share.otherHint")),
    ],
    async submit(form) {
      const ports = chosenPorts(chosen, form.get("other") ?? "");
      if (!ports) { throw Object.assign(new Error(t("share.nothing")), { code: "here" }); }
      const made = await publish(d.label, ports);
      toast(t(made.state === "published" ? "publish.done" : "publish.soon", { name: d.label }));
    },
  });
}
