// Start, routes and the frame around the views.
import { loginState } from "./api.js";
import { chooseLanguage } from "./i18n.js";
import { Live } from "./live.js";
import { addSnapshot, settle } from "./rates.js";
import { change, onChange, state } from "./store.js";
import { patch } from "./view.js";
import { chooseTheme } from "./theme.js";
import { frame } from "./frame.js";
import { loginView } from "./views/login.js";
import { announce } from "./parts/toast.js";
import { t } from "./i18n.js";

const ROUTES = ["overview", "devices", "sessions", "people", "enrol"];
const TOUCH_PAUSE = 60_000;
const root = document.getElementById("app");

const live = new Live({
  onSnapshot(snapshot) {
    const now = performance.now();
    addSnapshot(state.rates, snapshot.sessions, now);
    if (state.snapshot && state.snapshot.status.state !== snapshot.status.state) {
      announce(t("spoken.state", { state: t(`state.${snapshot.status.state}`) }));
    }
    change({ snapshot, snapshotAt: now, lost: false });
  },
  onLost() {
    if (!state.lost) { announce(t("lost.title")); }
    change({ lost: true });
  },
  onLogin: (login) => entered(login),
});

/** Shows what the log-in state asks for. */
export function entered(login) {
  change({ login, lost: false, ...(login.loggedIn ? {} : { snapshot: null }) });
  if (login.loggedIn) { live.start(); } else { live.stop(); }
}

async function start() {
  try {
    entered(await loginState());
  } catch {
    change({ lost: true });
    setTimeout(start, 2_000);
  }
}

function render() {
  document.title = state.snapshot?.status.name ? `${state.snapshot.status.name} – NTMobile` : "NTMobile Router";
  patch(root, state.login && !state.login.loggedIn ? loginView(state, entered) : frame(state));
}

function follow() {
  const wanted = location.hash.slice(1);
  const route = ROUTES.includes(wanted) ? wanted : "overview";
  const moved = route !== state.route;
  change({ route });
  if (moved) {
    queueMicrotask(() => {
      scrollTo(0, 0);
      document.getElementById("title")?.focus({ preventScroll: true });
    });
  }
}

// The live view does not keep a log-in alive; the user's hands do.
let touched = performance.now();
for (const event of ["pointerdown", "keydown"]) {
  addEventListener(event, () => {
    if (state.login?.loggedIn && performance.now() - touched > TOUCH_PAUSE) {
      touched = performance.now();
      loginState().then((login) => login.loggedIn || entered(login), () => {});
    }
  }, { passive: true });
}

setInterval(() => {
  settle(state.rates, performance.now());
  change({}); // Ages on the page grow.
}, 1_000);

chooseLanguage();
chooseTheme();
onChange(render);
addEventListener("hashchange", follow);
follow();
start();
