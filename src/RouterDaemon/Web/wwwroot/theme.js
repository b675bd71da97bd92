// Light, dark, or what the system says.
const KEY = "ntm-theme";

export const themes = ["auto", "light", "dark"];
export let theme = "auto";

export function chooseTheme(wanted) {
  let kept = null;
  try {
    if (wanted) { localStorage.setItem(KEY, wanted); }
    kept = localStorage.getItem(KEY);
  } catch {
    // Storage may be switched off: the choice holds for this visit.
  }
  theme = themes.includes(wanted ?? kept) ? wanted ?? kept : "auto";
  document.documentElement.dataset.theme = theme;
}
