// The frame: navigation, the state of the router in one word, settings, and the view in the middle.
import { h } from "./view.js";
import { t } from "./i18n.js";
import { icon, mark } from "./parts/icons.js";
import { dot } from "./parts/bits.js";
import { clock } from "./format.js";
import { openSettings } from "./views/settings.js";
import { overview } from "./views/overview.js";
import { devices } from "./views/devices.js";
import { sessions } from "./views/sessions.js";
import { people } from "./views/people.js";
import { enrol } from "./views/enrol.js";

const views = { overview, devices, sessions, people, enrol };
const icons = { overview: "gauge", devices: "device", sessions: "path", people: "people", enrol: "key" };

export function frame(state) {
  const { snapshot, lost, route } = state;
  return h("div", { key: "frame", class: "frame" },
    h("a", { class: "skip", href: "#title", onclick: skip }, t("nav.skip")),
    h("header", { class: "bar" },
      h("a", { class: "brand", href: "#overview" }, mark(), h("span", {}, "NTMobile")),
      snapshot && (lost || route !== "overview") && h("span", { class: "bar-state" }, stateOf(state)),
      h("button", { class: "icon-button", type: "button", onclick: openSettings, "aria-label": t("settings.title"), title: t("settings.title") }, icon("gear"))),
    h("nav", { class: "nav", "aria-label": t("nav.label") },
      Object.keys(views).map((name) => link(name, route, snapshot))),
    h("main", { class: lost ? "main main-old" : "main" },
      lost && lostNote(state),
      h("div", { class: "view", inert: lost },
        snapshot ? views[route](state) : !lost && h("p", { class: "waiting", key: "waiting" }, t("app.waiting")))));
}

function link(name, route, snapshot) {
  const marked = badge(name, snapshot);
  return h("a", { key: name, href: `#${name}`, "aria-current": route === name ? "page" : null },
    icon(icons[name]),
    h("span", {}, t(`nav.${name}`)),
    marked && h("i", { class: "nav-mark", role: "img", "aria-label": t("nav.look") }));
}

// A dot where something waits for the owner.
function badge(name, snapshot) {
  if (!snapshot) { return false; }
  switch (name) {
    case "overview": return snapshot.status.warnings.length > 0;
    case "devices": return snapshot.devices.some((d) => d.claimedBy);
    case "enrol": return !snapshot.status.enrolled;
    default: return false;
  }
}

const stateOf = ({ snapshot, lost }) => lost
  ? [dot("bad"), t("lost.short")]
  : [dot({ online: "good", connecting: "wait", offline: "bad" }[snapshot.status.state] ?? "off"), t(`state.${snapshot.status.state}`)];

function lostNote({ snapshot, snapshotAt }) {
  return h("section", { key: "lost", class: "note note-bad", id: "lost" },
    icon("alert"),
    h("div", {},
      h("h2", {}, t("lost.title")),
      h("p", {}, t("lost.text")),
      snapshot && h("p", { class: "soft" }, t("lost.since", { time: clock(Date.now() - (performance.now() - snapshotAt)) }))));
}

function skip(event) {
  event.preventDefault();
  document.getElementById("title")?.focus();
}
