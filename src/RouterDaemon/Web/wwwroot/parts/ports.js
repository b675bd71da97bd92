// What can be shared, in words of the owner.
import { h } from "../view.js";
import { t } from "../i18n.js";

/** name → the ports that it stands for */
export const services = {
  web: ["tcp/80", "tcp/443"],
  ssh: ["tcp/22"],
  files: ["tcp/445"],
  desktop: ["tcp/3389"],
  printer: ["tcp/631", "tcp/9100"],
  camera: ["tcp/554"],
  ping: ["icmp"],
};

/** "tcp/22,tcp/445,udp/7" → ["SSH", "Windows files", "udp/7"] */
export function describePorts(ports) {
  if (ports === "all") { return [t("ports.all")]; }
  const left = new Set(ports.split(","));
  const names = [];
  for (const [name, list] of Object.entries(services)) {
    if (list.every((p) => left.has(p))) {
      names.push(t(`ports.${name}`));
      list.forEach((p) => left.delete(p));
    }
  }
  return [...names, ...left];
}

export const portsPicker = (redraw, chosen, without = []) => h("fieldset", { class: "ports" },
  h("legend", { class: "field-label" }, t("share.what")),
  !without.includes("all") && tile("all", t("ports.all"), t("ports.allHint"), redraw, chosen, false),
  h("div", { class: "tiles" },
    Object.entries(services).filter(([name]) => !without.includes(name)).map(([name, list]) => tile(name, t(`ports.${name}`), list.join(", "), redraw, chosen, chosen.has("all")))));

const tile = (name, title, hint, redraw, chosen, disabled) => h("label", { key: name, class: "tile" },
  h("input", {
    type: "checkbox",
    name: "service",
    value: name,
    disabled,
    onchange: (e) => {
      if (e.currentTarget.checked) { chosen.add(name); } else { chosen.delete(name); }
      redraw();
    },
  }),
  h("span", {}, h("b", {}, title), h("small", {}, hint)));

/** The ports text of a picker and its free field. */
export function chosenPorts(chosen, other) {
  if (chosen.has("all")) { return "all"; }
  return [...[...chosen].flatMap((name) => services[name]), ...other.split(",").map((p) => p.trim()).filter(Boolean)].join(",");
}
