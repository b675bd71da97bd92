// Who the router is, whether all is well, and its ways out.
import { h } from "../view.js";
import { knows, t } from "../i18n.js";
import { count, duration, roundTrip } from "../format.js";
import { broken, chip, copyButton, dot, empty, facts, mono, section } from "../parts/bits.js";
import { icon } from "../parts/icons.js";

export function overview({ snapshot, snapshotAt }) {
  const { status } = snapshot;
  return [
    h("div", { key: "hero", class: "hero" },
      h("p", { class: "hero-state" }, dot(kinds[status.state] ?? "off"), t(`state.${status.state}`)),
      h("h1", { id: "title", tabindex: "-1" }, status.name ? broken(status.name) : t("overview.unnamed")),
      h("p", { class: "hero-text" }, sentence(snapshot))),
    status.warnings.map((w, i) => h("section", { key: `warning-${i}-${w.code}`, class: "note note-warn" }, icon("alert"),
      h("div", {}, h("p", {}, knows(`warning.${w.code}`) ? t(`warning.${w.code}`, { message: w.message }) : w.message)))),
    !status.enrolled && h("section", { key: "toenrol", class: "note note-plain" }, icon("key"),
      h("div", {}, h("p", {}, t("overview.enrol")), h("a", { class: "button button-main", href: "#enrol" }, t("overview.enrolGo")))),
    section("uplinks", t("overview.uplinks"), null,
      status.uplinks.length === 0 ? empty(t("overview.noUplink")) : h("div", { class: "cards" }, status.uplinks.map(uplink))),
    status.directionServer && section("servers", t("overview.servers"), null, servers(status)),
    section("identity", t("overview.identity"), null, identity(status, (performance.now() - snapshotAt) / 1000)),
    Object.keys(status.drops).length > 0 && drops(status.drops),
  ];
}

const kinds = { online: "good", connecting: "wait", offline: "bad" };

function sentence({ status, sessions }) {
  if (!status.enrolled) { return t("overview.fresh"); }
  const up = status.uplinks.filter((u) => u.up).length;
  const open = sessions.filter((s) => s.state === "established" || s.state === "moving");
  const relayed = open.filter((s) => s.path?.kind === "relay").length;
  return t("overview.sentence", { up, uplinks: status.uplinks.length, sessions: open.length, relayed });
}

const uplink = (u) => h("article", { key: u.name, class: u.up ? "card uplink" : "card uplink uplink-down" },
  h("header", { class: "card-head" },
    icon(/^(wl|wifi)/.test(u.name) ? "wifi" : /^(ww|cdc|usb)/.test(u.name) ? "cell" : "cable"),
    h("h3", {}, u.name),
    u.up ? chip("good", t("uplink.up")) : chip("off", t("uplink.down"))),
  facts(
    (u.address || !u.address6) && [t("uplink.address"), u.address ? mono(u.address) : "–"],
    u.address6 && [t("uplink.address6"), mono(u.address6)],
    u.nat64 && [t("uplink.nat64"), mono(u.nat64)],
    [t("uplink.seen"), u.publicEndpoint ? mono(u.publicEndpoint) : "–"],
    [t("uplink.gateway"), u.gateway ? mono(u.gateway) : "–"],
    [t("uplink.mtu"), u.mtu ? t("uplink.bytes", { n: count(u.mtu) }) : "–"]),
  u.up && h("p", { class: "card-note" }, t(`nat.${nat(u)}`, { protocol: u.portMapping.protocol })));

function nat({ natMapping, natFiltering, portMapping }) {
  if (portMapping.state === "open") { return "mapped"; }
  if (natMapping === "unknown") { return "unknown"; }
  if (natMapping === "endpoint-dependent") { return "strict"; }
  if (natMapping === "none") { return natFiltering === "endpoint-independent" ? "open" : "firewall"; }
  return natFiltering === "endpoint-independent" ? "open" : "ordinary";
}

const servers = (status) => h("ul", { class: "lines card" },
  line(status.directionServer.name, t("overview.ds"), status.directionServer),
  status.relays.map((r) => line(r.endpoint, t("overview.rs"), r)));

const line = (name, what, server) => h("li", { key: name },
  dot(server.connected ? "good" : "bad"),
  h("span", { class: "line-main" }, h("b", {}, name), h("small", {}, what)),
  h("span", { class: "num" }, server.connected ? roundTrip(server.roundTripMs) : t("overview.noAnswer")));

const identity = (status, age) => h("div", { class: "card" },
  h("div", { class: "fingerprint" },
    h("span", { class: "mono" }, status.fingerprint),
    copyButton(status.fingerprint, t("overview.fingerprint"))),
  h("p", { class: "soft" }, t("overview.fingerprintText")),
  facts(
    [t("overview.version"), status.version],
    [t("overview.uptime"), duration(status.uptimeSeconds + age)]));

const dropped = (all) => Object.values(all).reduce((a, b) => a + b, 0);

const drops = (all) => h("details", { key: "drops", class: "fold" },
  h("summary", {}, t("overview.drops", { n: dropped(all), count: count(dropped(all)) })),
  h("p", { class: "soft" }, t("overview.dropsText")),
  h("table", {}, h("tbody", {}, Object.entries(all).sort((a, b) => b[1] - a[1]).map(([reason, n]) => h("tr", { key: reason },
    h("th", { scope: "row" }, knows(`drop.${reason}`) ? t(`drop.${reason}`) : reason), h("td", { class: "num" }, count(n)))))));
