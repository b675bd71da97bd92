// Sessions with other routers: the way they take, what passes, and how moves went.
import { h } from "../view.js";
import { t } from "../i18n.js";
import { ago, bytes, count, duration, milliseconds, rate, short } from "../format.js";
import { broken, chip, empty, facts, mono, viewTitle } from "../parts/bits.js";
import { icon } from "../parts/icons.js";
import { pathPicture } from "../parts/pathPicture.js";
import { cause, gapChart, moveTable, way } from "../parts/gapChart.js";
import { sparkline } from "../parts/sparkline.js";

const kinds = { established: "good", closed: "off" };

export function sessions({ snapshot, snapshotAt, rates }) {
  const age = (performance.now() - snapshotAt) / 1000;
  return [
    viewTitle(t("sessions.title")),
    snapshot.sessions.length === 0
      ? empty(t("sessions.none"), h("p", { class: "soft" }, t("sessions.noneText")))
      : h("div", { key: "list", class: "stack" }, snapshot.sessions.map((s) => session(s, snapshot.status, rates.get(s.peer), age))),
  ];
}

const session = (s, status, r, age) => h("article", { key: s.peer, class: "card session", "data-peer": s.peer },
  h("header", { class: "card-head" },
    h("h2", {}, broken(s.peer)),
    chip(kinds[s.state] ?? "wait", t(`session.${s.state}`)),
    h("span", { class: "soft card-side" }, s.state === "established" ? t("sessions.since", { time: duration(s.establishedSeconds + age) }) : null)),
  pathPicture(status.name ? short(status.name) : t("path.here"), s),
  h("div", { class: "traffic" },
    h("p", { class: "rate rate-in" }, icon("down"), h("span", {}, h("b", {}, rate(r?.in ?? 0)), h("small", {}, t("sessions.total", { bytes: bytes(s.bytesIn) })))),
    h("p", { class: "rate rate-out" }, icon("up"), h("span", {}, h("b", {}, rate(r?.out ?? 0)), h("small", {}, t("sessions.total", { bytes: bytes(s.bytesOut) })))),
    sparkline(r?.samples ?? [])),
  contexts(s.contexts),
  s.moves.length > 0 && moves(s.moves),
  h("details", { class: "fold" },
    h("summary", {}, t("sessions.details")),
    facts(
      [t("sessions.group"), s.group || "–"],
      [t("sessions.cipher"), s.cipher || "–"],
      [t("sessions.epoch"), count(s.epoch)],
      [t("sessions.remote"), s.path ? mono(s.path.remote) : "–"],
      [t("uplink.mtu"), s.path ? t("uplink.bytes", { n: count(s.path.mtu) }) : "–"],
      s.translation && [t("sessions.translation"), t(`translation.${s.translation.kind}`, {
        flows: count(s.translation.flows), in: count(s.translation.packetsIn), out: count(s.translation.packetsOut) })],
      [t("sessions.packets"), t("sessions.packetsBoth", { in: count(s.packetsIn), out: count(s.packetsOut) })])));

const contexts = (list) => list.length > 0 && h("ul", { class: "contexts" }, list.map((c) => h("li", { key: `${c.localDevice} ${c.remoteDevice}` },
  h("b", {}, c.localDevice), h("i", { "aria-label": t("sessions.with"), role: "img" }, "↔"), h("b", {}, broken(c.remoteDevice)), mono(c.virtualAddress))));

function moves(list) {
  const [last] = list;
  return h("div", { class: "moves" },
    h("h3", {}, t("moves.title")),
    h("div", { class: "moves-body" },
      h("div", { class: "chart-wrap" }, gapChart(list)),
      h("p", {}, t("moves.last", {
        ago: ago(last.at), cause: cause(last.cause), from: way(last.from), to: way(last.to), gap: milliseconds(last.gapMs), none: last.gapMs === 0, lost: last.lost, count: count(last.lost),
      }))),
    h("details", { class: "fold" }, h("summary", {}, t("moves.all", { n: list.length })), moveTable(list)));
}
