// What all pages do: the menu of narrow screens, the choice of colours, a key
// for the search, and the address of the server in the guides.
const menu = document.querySelector(".menu");
menu.addEventListener("click", () => {
  menu.setAttribute("aria-expanded", String(menu.getAttribute("aria-expanded") !== "true"));
});

const theme = document.querySelector(".theme");
theme.value = window.ltsTheme.chosen();
theme.addEventListener("change", () => window.ltsTheme.choose(theme.value));

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.querySelector(".find input").focus();
  }
});

// The language is changed without losing the place on the page.
for (const link of document.querySelectorAll(".language, .editions a")) {
  link.addEventListener("click", () => {
    link.href = link.href.split("#")[0] + location.hash;
  });
}

if (window.ltsServer) {
  const written = "http://127.0.0.1:8080";
  for (const code of document.querySelectorAll("article code")) {
    if (code.textContent.includes(written)) {
      code.textContent = code.textContent.replaceAll(written, location.origin);
    }
  }
}
