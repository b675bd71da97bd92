// The way of a session as a small picture: here, (relay,) there.
import { h } from "../view.js";
import { t } from "../i18n.js";
import { roundTrip, short } from "../format.js";

export function pathPicture(here, session) {
  const { path, peer, state } = session;
  const kind = path?.kind ?? "none";
  const told = path
    ? t(`path.told.${path.kind}`, { peer, uplink: path.uplink, remote: path.remote, time: roundTrip(path.roundTripMs) })
    : t("path.told.none", { peer });
  const leg = (text) => h("span", { class: "leg" }, text && h("small", {}, text));
  return h("div", { class: `path path-${kind}${state === "established" ? "" : " path-unsure"}`, role: "img", "aria-label": told, title: path?.remote ?? null },
    end(here, path?.uplink ?? "–"),
    kind === "relay" ? leg() : leg(kind === "direct" ? roundTrip(path.roundTripMs) : t(`session.${state}`)),
    kind === "relay" && h("span", { class: "end end-relay" }, h("i", {}), h("b", {}, t("path.relay")), h("small", {}, roundTrip(path.roundTripMs))),
    kind === "relay" && leg(),
    end(short(peer), kind === "direct" ? t("path.direct") : "\u00a0"));
}

const end = (name, under) => h("span", { class: "end" }, h("i", {}), h("b", {}, name), h("small", {}, under));
