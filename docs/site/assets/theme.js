// Sets the colours before the page is painted: those that the reader has chosen,
// else those of the system.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("lts-theme") || chosen;
  } catch {
    // A browser may forbid it; then the choice holds for one page.
  }
  const apply = () => {
    const dark = chosen === "auto" ? system.matches : chosen === "dark";
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    document.dispatchEvent(new CustomEvent("lts-theme", { detail: { dark } }));
  };
  window.ltsTheme = {
    chosen: () => chosen,
    choose(name) {
      chosen = name;
      try {
        localStorage.setItem("lts-theme", name);
      } catch {
        // as above
      }
      apply();
    },
  };
  system.addEventListener("change", apply);
  apply();
})();
