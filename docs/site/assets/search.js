// The search. Words are found as they are, by their beginnings, and with a
// spelling mistake; Chinese has no spaces, so there pairs of characters stand for
// words.
const han = /\p{Script=Han}+/gu;

function tokens(text) {
  const words = text.toLowerCase().replace(han, " ").split(/[^\p{L}\p{N}._-]+/u);
  for (const word of [...words]) {
    words.push(...word.split(/[._-]/));
  }
  for (const run of text.match(han) || []) {
    words.push(...run);
    for (let i = 0; i + 1 < run.length; i++) {
      words.push(run.slice(i, i + 2));
    }
  }
  return words.filter(Boolean);
}

const index = new MiniSearch({
  fields: ["name", "title", "text", "words"],
  tokenize: tokens,
  searchOptions: {
    boost: { name: 4, title: 2 },
    // Who looks for a word wants what does it before what was once unclear about it.
    boostDocument: (id) => ({ operation: 2, error: 1.5, page: 1.5 })[window.ltsEntries[id].kind] ?? 1,
    combineWith: "AND",
    prefix: true,
    fuzzy: (word) => (/^[a-z]{5,}$/.test(word) ? 0.2 : false),
  },
});
index.addAll(window.ltsEntries);

const input = document.querySelector(".find input");
const status = document.getElementById("search-status");
const results = document.getElementById("results");

function show() {
  const query = input.value.trim();
  // A code is looked for as a whole: its parts are in many places.
  const found = query ? index.search(query, { tokenize: (text) => text.toLowerCase().split(/\s+/).flatMap((w) => (/^[\w.-]+$/.test(w) ? [w] : tokens(w))) }) : [];
  // Of what all editions have, the newest one comes alone.
  const seen = new Set();
  const hits = [];
  for (const { id } of found) {
    const entry = window.ltsEntries[id];
    const key = entry.kind + entry.name + entry.title;
    if (entry.edition && seen.has(key)) {
      continue;
    }
    seen.add(key);
    hits.push(entry);
  }
  results.replaceChildren(...hits.slice(0, 50).map(item));
  status.textContent = !query ? status.dataset.empty : hits.length ? `${status.dataset.some} ${hits.length}` : status.dataset.none;
}

function item(entry) {
  const row = document.createElement("li");
  const link = document.createElement("a");
  link.href = entry.url;
  link.textContent = entry.title;
  const kind = document.createElement("span");
  kind.className = "tag";
  kind.textContent = results.dataset[entry.kind];
  const name = document.createElement("code");
  name.textContent = entry.name || "";
  const text = document.createElement("p");
  text.textContent = entry.text.length > 200 ? entry.text.slice(0, 200) + " …" : entry.text;
  row.append(kind, " ", link, " ", ...(entry.name ? [name] : []), text);
  return row;
}

input.value = new URLSearchParams(location.search).get("q") || "";
input.addEventListener("input", () => {
  history.replaceState(null, "", "?q=" + encodeURIComponent(input.value));
  show();
});
input.form.addEventListener("submit", (event) => {
  event.preventDefault();
  results.querySelector("a")?.focus();
});
show();
input.focus();
