// Devices of the LAN: give them names, confirm them, share them.
import { forgetDevice, nameDevice, share, unshare } from "../api.js";
import { h } from "../view.js";
import { t } from "../i18n.js";
import { ago } from "../format.js";
import { broken, button, chip, doing, empty, mono, section, viewTitle } from "../parts/bits.js";
import { icon } from "../parts/icons.js";
import { confirm, field, openDialog } from "../parts/dialog.js";
import { internet } from "../parts/internet.js";
import { publishButton, publishedLine } from "../parts/published.js";
import { chosenPorts, describePorts, portsPicker } from "../parts/ports.js";
import { toast } from "../parts/toast.js";

export function devices({ snapshot }) {
  const named = snapshot.devices.filter((d) => d.label);
  const others = snapshot.devices.filter((d) => !d.label);
  return [
    viewTitle(t("devices.title")),
    h("p", { key: "lead", class: "lead" }, t("devices.lead")),
    section("named", t("devices.named"), null,
      named.length === 0 ? empty(t("devices.noNamed")) : h("div", { class: "stack" }, named.map((d) => device(d, snapshot)))),
    section("unnamed", t("devices.unnamed"), null,
      others.length === 0 ? empty(t("devices.noOthers")) : h("ul", { class: "lines card" }, others.map(stranger))),
    internet(snapshot),
  ];
}

function device(d, snapshot) {
  const shares = snapshot.shares.filter((s) => s.device === d.label);
  const published = snapshot.published.find((p) => p.device === d.label);
  return h("article", { key: d.label, class: "card device", id: `device-${d.label}` },
    h("header", { class: "card-head" },
      h("h3", {}, d.label),
      d.confirmed ? null : chip("wait", t("devices.unconfirmed")),
      h("span", { class: "soft card-side" }, seen(d))),
    h("p", { class: "addresses" }, mono(broken(d.fullName)), d.address && mono(d.address), d.mac && mono(d.mac)),
    d.claimedBy && claim(d),
    h("div", { class: "shares" },
      shares.length === 0 && !published && h("p", { class: "soft" }, t("devices.closed")),
      shares.map((s) => shareLine(s, snapshot.groups)),
      published && publishedLine(published)),
    h("footer", { class: "row" },
      d.confirmed
        ? h("button", { type: "button", class: "button button-tint", onclick: () => openShare(d, snapshot.groups) }, icon("share"), t("share.go"))
        : button("main", t("devices.confirm"), doing(() => nameDevice(d.label, { mac: d.mac, address: d.address }), t("devices.confirmed", { name: d.label }))),
      d.confirmed && publishButton(d),
      button("quiet", t("devices.forget"), () => confirm(
        t("devices.forgetTitle", { name: d.label }), t("devices.forgetText"), t("devices.forget"), () => forgetDevice(d.label)))));
}

const seen = (d) => d.lastSeen ? t("devices.seen", { ago: ago(d.lastSeen) }) : t("devices.silent");

// Names are never taken over: the owner says which of the two it is.
const claim = (d) => h("div", { class: "note note-warn" }, icon("alert"), h("div", {},
  h("p", {}, t("devices.claim", { mac: d.claimedBy, name: d.label })),
  h("div", { class: "row" },
    button("quiet", t("devices.claimMove"), () => confirm(
      t("devices.claimTitle", { name: d.label }), t("devices.claimText", { mac: d.claimedBy }), t("devices.claimMove"),
      () => nameDevice(d.label, { mac: d.claimedBy }))))));

function shareLine(s, groups) {
  const group = groups.find((g) => g.id === s.group)?.name || s.group?.slice(0, 8);
  const what = describePorts(s.ports).join(t("ports.and"));
  return h("div", { key: s.id, class: "share" },
    icon("share"),
    h("span", { title: s.ports }, h("b", {}, what), h("small", {}, s.group === null ? t("share.toEvery") : t("share.to", { group }))),
    h("button", {
      type: "button", class: "icon-button", title: t("share.end"), "aria-label": t("share.endOf", { what, name: s.device }),
      onclick: doing(() => unshare(s.id), t("share.ended", { name: s.device })),
    }, icon("close")));
}

const stranger = (d) => h("li", { key: d.mac ?? d.address },
  h("span", { class: "line-main" },
    h("b", {}, d.hint ?? t("devices.noHint")),
    h("small", { class: "mono" }, [d.address, d.mac].filter(Boolean).join(" · ")),
    h("small", {}, seen(d))),
  button("quiet", t("devices.name"), () => openName(d)));

const asLabel = (hint) => (hint ?? "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 63);

function openName(d) {
  openDialog({
    title: t("devices.nameTitle"),
    submitText: t("devices.nameGo"),
    body: () => [
      h("p", { class: "addresses" }, d.address && mono(d.address), d.mac && mono(d.mac)),
      field(t("devices.label"), h("input", {
        name: "label", value: asLabel(d.hint), required: true, maxlength: "63", pattern: "[a-z0-9]([a-z0-9\\-]*[a-z0-9])?",
        title: t("devices.labelHint"), autocapitalize: "none", autocomplete: "off", spellcheck: "false",
      }), t("devices.labelHint")),
    ],
    async submit(form) {
      const made = await nameDevice(form.get("label"), { mac: d.mac, address: d.address });
      toast(t("devices.confirmed", { name: made.label }));
    },
  });
}

function openShare(d, groups) {
  const chosen = new Set();
  openDialog({
    title: t("share.title", { name: d.label }),
    submitText: t("share.confirm"),
    wide: true,
    body: (redraw) => [
      portsPicker(redraw, chosen),
      field(t("share.other"), h("input", { name: "other", placeholder: "tcp/8080, udp/5000-5010", disabled: chosen.has("all"), autocomplete: "off", spellcheck: "false", autocapitalize: "none" }), t("share.otherHint")),
      field(t("share.who"), h("select", { name: "group" },
        h("option", { value: "" }, t("share.everyGroup")),
        groups.map((g) => h("option", { key: g.id, value: g.id }, g.name || g.id.slice(0, 8))))),
      h("p", { class: "soft" }, t("share.note")),
    ],
    async submit(form) {
      const ports = chosenPorts(chosen, form.get("other") ?? "");
      if (!ports) { throw Object.assign(new Error(t("share.nothing")), { code: "here" }); }
      await share(d.label, ports, form.get("group") || null);
      toast(t("share.done", { name: d.label }));
    },
  });
}
