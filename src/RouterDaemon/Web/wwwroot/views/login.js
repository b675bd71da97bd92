// First visit: set the password. Later: log in. Nothing else is shown before.
import { logIn, loginState, setFirstPassword } from "../api.js";
import { h } from "../view.js";
import { chooseLanguage, language, languages, t } from "../i18n.js";
import { mark } from "../parts/icons.js";
import { words } from "../parts/toast.js";
import { change } from "../store.js";

const local = { problem: "", busy: false, waitUntil: 0, shown: false };

export function loginView(state, entered) {
  const first = !state.login.passwordSet;
  const wait = Math.ceil((local.waitUntil - performance.now()) / 1000);
  return h("main", { key: "login", class: "login" },
    h("div", { class: "login-card" },
      mark(),
      h("h1", {}, t(first ? "login.firstTitle" : "login.title")),
      h("p", { class: "soft" }, t(first ? "login.firstText" : "login.text")),
      h("form", { key: first ? "first" : "login", onsubmit: (e) => send(e, first, state, entered) },
        // Password managers look for a user name.
        h("input", { type: "text", name: "username", value: "owner", autocomplete: "username", class: "unseen", tabindex: "-1", "aria-hidden": "true" }),
        password("password", t(first ? "login.new" : "login.password"), first ? "new-password" : "current-password", first),
        first && password("again", t("login.again"), "new-password", false),
        h("label", { class: "check" },
          h("input", { type: "checkbox", onchange: (e) => { local.shown = e.currentTarget.checked; change({}); } }),
          t("login.show")),
        h("p", { class: "field-problem", role: "alert", id: "login-problem", hidden: !local.problem && wait <= 0 },
          wait > 0 ? t("login.wait", { n: wait }) : local.problem),
        h("button", { type: "submit", class: "button button-main", disabled: local.busy || wait > 0 },
          t(local.busy ? "login.busy" : first ? "login.set" : "login.go")),
        !first && h("details", { class: "help" }, h("summary", {}, t("login.forgot")), h("p", {}, t("login.forgotText")), h("code", {}, "sudo ntm web reset-password")))),
    h("p", { class: "login-languages" },
      Object.entries(languages).map(([code, name]) => h("button", {
        key: code, type: "button", class: "link", lang: code, "aria-pressed": String(code === language),
        onclick: () => { chooseLanguage(code); local.problem = ""; change({}); },
      }, name))));
}

const password = (name, label, autocomplete, hint) => h("label", { key: name, class: "field" },
  h("span", { class: "field-label" }, label),
  h("input", {
    type: local.shown ? "text" : "password", name, autocomplete, required: true, maxlength: "256",
    autofocus: name === "password", "aria-describedby": local.problem ? "login-problem" : null,
  }),
  hint && h("span", { class: "field-hint" }, t("login.hint")));

async function send(event, first, state, entered) {
  event.preventDefault();
  const form = new FormData(event.currentTarget);
  local.problem = first ? check(form, state.login.minLength) : "";
  if (local.problem) {
    change({});
    return;
  }
  local.busy = true;
  change({});
  try {
    await (first ? setFirstPassword : logIn)(form.get("password"));
    Object.assign(local, { busy: false, shown: false, waitUntil: 0 });
    entered(await loginState());
  } catch (problem) {
    local.busy = false;
    local.problem = problem.code === "refused" ? t("login.wrong") : words(problem);
    local.waitUntil = performance.now() + 1000 * (problem.retryAfter ?? 0);
    if (problem.code === "conflict" || problem.code === "password-not-set") { entered(await loginState()); }
    change({});
    document.querySelector("#app input[name=password]")?.select();
  }
}

function check(form, least) {
  if ([...form.get("password")].length < least) { return t("login.short", { n: least }); }
  return form.get("password") === form.get("again") ? "" : t("login.differ");
}
