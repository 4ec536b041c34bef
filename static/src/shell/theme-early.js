// A classic script in <head>: it runs before the first paint, so a chosen theme never flashes.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; the preference of the operating system then applies.
  }
})();
