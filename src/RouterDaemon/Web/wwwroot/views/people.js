// With whom: groups, known devices elsewhere, and who was told no.
import { leaveGroup, ping } from "../api.js";
import { h } from "../view.js";
import { knows, t } from "../i18n.js";
import { ago, roundTrip } from "../format.js";
import { broken, button, chip, copyButton, doing, empty, mono, section, viewTitle } from "../parts/bits.js";
import { icon } from "../parts/icons.js";
import { confirm } from "../parts/dialog.js";
import { words } from "../parts/toast.js";
import { openAdd, openInit, openJoin } from "./groupDialogs.js";
import { change } from "../store.js";

const pings = new Map(); // name → () => text beside its button

export const people = ({ snapshot }) => [
  viewTitle(t("people.title")),
  section("groups", t("groups.title"), null,
    h("p", { class: "lead" }, t("groups.lead")),
    snapshot.groups.length === 0 ? empty(t("groups.none")) : h("ul", { class: "lines card" }, snapshot.groups.map(group)),
    h("div", { class: "row" },
      button("main", t("groups.join"), openJoin),
      button("quiet", t("groups.init"), openInit),
      button("quiet", t("groups.add"), openAdd))),
  section("peers", t("peers.title"), null,
    snapshot.peers.length === 0 ? empty(t("peers.none")) : h("ul", { class: "lines card" }, snapshot.peers.map(peer))),
  section("refusals", t("refusals.title"), null,
    snapshot.refusals.length === 0 ? empty(t("refusals.none")) : h("ul", { class: "lines card" }, snapshot.refusals.map(refusal))),
];

const group = (g) => h("li", { key: g.id },
  h("span", { class: "line-main" },
    h("span", { class: "line-title" }, h("b", {}, g.name || t("groups.unnamed")), chip({ member: "good", expired: "bad" }[g.state] ?? "wait", t(`groups.${g.state}`))),
    h("small", { class: "mono" }, broken(g.id)),
    h("small", {}, g.state === "waiting" ? t("groups.waitingText") : t("groups.facts", { priority: g.priority, epoch: g.epoch }))),
  copyButton(g.id, t("groups.id")),
  button("quiet", t("groups.leave"), () => confirm(
    t("groups.leaveTitle", { name: g.name || g.id.slice(0, 8) }), t("groups.leaveText"), t("groups.leave"), () => leaveGroup(g.id))));

const peer = (p) => h("li", { key: p.name },
  h("span", { class: "line-main" },
    h("span", { class: "line-title" }, h("b", {}, broken(p.name)), p.sessionState && chip(p.sessionState === "established" ? "good" : "wait", t(`session.${p.sessionState}`))),
    h("small", {}, mono(p.virtualAddress), " · ", t("peers.used", { ago: ago(p.lastUsed) }))),
  h("span", { class: "ping", role: "status" }, pings.get(p.name)?.() ?? ""),
  button("quiet", t("peers.ping"), doing(() => measure(p.name))));

async function measure(name) {
  pings.set(name, () => "…");
  change({});
  try {
    const { roundTripsMs, path, lost } = await ping(name, 3);
    pings.set(name, () => roundTripsMs.length === 0
      ? t("peers.silent")
      : t("peers.answer", { time: roundTrip(Math.min(...roundTripsMs)), path: path ? t(`path.${path.kind}`) : "", lost }));
  } catch (problem) {
    pings.set(name, () => words(problem));
  }
  change({});
}

const refusal = (r) => h("li", { key: `${r.at} ${r.name} ${r.device}` },
  icon("close"),
  h("span", { class: "line-main" },
    h("b", {}, knows(`refusal.${r.reason}`) ? t(`refusal.${r.reason}`) : r.reason),
    h("small", {}, r.device ? t("refusals.pair", { name: r.name, device: r.device }) : r.name),
    knows(`refusal.${r.reason}.help`) && h("small", { class: "soft" }, t(`refusal.${r.reason}.help`))),
  h("small", { class: "soft" }, ago(r.at)));
