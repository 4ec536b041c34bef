// Behaviour of the frame around every page: theme button and menus.

const root = document.documentElement;
const ORDER = ["system", "light", "dark"];
const LABELS = { system: "as your computer", light: "light", dark: "dark" };

function currentTheme() {
  return root.dataset.theme ?? "system";
}

function setTheme(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Not storable (private window): the choice holds for this page.
  }
  describeTheme();
  document.dispatchEvent(new CustomEvent("themechange"));
}

function describeTheme() {
  for (const button of document.querySelectorAll("[data-theme-button]")) {
    const label = `Colour theme: ${LABELS[currentTheme()]}`;
    button.setAttribute("aria-label", label);
    button.title = label;
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-button]")) {
    setTheme(ORDER[(ORDER.indexOf(currentTheme()) + 1) % ORDER.length]);
  }
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  event.stopPropagation();
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (currentTheme() === "system") document.dispatchEvent(new CustomEvent("themechange"));
});

describeTheme();

// What the server said after the last form; read by then.
setTimeout(() => document.querySelector("[data-testid=messages]")?.remove(), 7_000);
