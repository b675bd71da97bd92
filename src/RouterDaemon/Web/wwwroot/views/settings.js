// Language, colours, password, log-out.
import { changePassword, logOut } from "../api.js";
import { h } from "../view.js";
import { chooseLanguage, language, languages, t } from "../i18n.js";
import { chooseTheme, theme, themes } from "../theme.js";
import { button, doing } from "../parts/bits.js";
import { field, openDialog } from "../parts/dialog.js";
import { toast } from "../parts/toast.js";
import { change } from "../store.js";

export function openSettings() {
  const dialog = openDialog({
    title: () => t("settings.title"), // The language may change while it is open.
    body: (redraw) => [
      choice(t("settings.language"), languages, language, (code) => { chooseLanguage(code); redraw(); change({}); }),
      choice(t("settings.theme"), Object.fromEntries(themes.map((name) => [name, t(`theme.${name}`)])), theme, (name) => { chooseTheme(name); redraw(); }),
      h("div", { class: "row" },
        button("quiet", t("settings.password"), () => { dialog.close(); openPassword(); }),
        button("quiet", t("settings.logout"), doing(async () => { await logOut(); location.reload(); }))),
    ],
  });
}

const choice = (label, options, chosen, choose) => h("fieldset", { class: "field choice" },
  h("legend", { class: "field-label" }, label),
  h("div", { class: "segments" }, Object.entries(options).map(([code, name]) => h("label", { key: code },
    h("input", { type: "radio", name: label, value: code, checked: code === chosen, onchange: () => choose(code) }),
    h("span", {}, name)))));

function openPassword() {
  openDialog({
    title: t("settings.password"),
    submitText: t("settings.passwordGo"),
    body: () => [
      h("input", { type: "text", name: "username", value: "owner", autocomplete: "username", class: "unseen", tabindex: "-1", "aria-hidden": "true" }),
      field(t("settings.old"), h("input", { type: "password", name: "old", autocomplete: "current-password", required: true })),
      field(t("login.new"), h("input", { type: "password", name: "new", autocomplete: "new-password", required: true, minlength: "10", maxlength: "256" }), t("login.hint")),
      h("p", { class: "soft" }, t("settings.passwordText")),
    ],
    async submit(form) {
      await changePassword(form.get("old"), form.get("new"));
      toast(t("settings.passwordDone"));
      location.reload();
    },
  });
}
