// Shows the document with Scalar and, beside a server, lets requests be sent to
// it.
(() => {
  const page = document.getElementById("content");
  const language = document.documentElement.lang;
  const server = window.ltsServer;
  const live = Boolean(server) && server.edition === page.dataset.edition;
  const doc = window.ltsDocument;

  // Who is logged in, until the tab is closed: the token and its project.
  const session = live && JSON.parse(sessionStorage.getItem("lts-session"));
  if (session) {
    doc.components.parameters.ProjectID.schema.default = session.project;
  }

  // Beside a server every operation is at its address, also those of other
  // services.
  if (live) {
    doc.servers = [{ url: location.origin }];
    for (const item of Object.values(doc.paths)) {
      delete item.servers;
    }
  }

  // Scalar names the place of an operation with its tag; links of the site and
  // of readers have the operationId alone.
  const places = new Map();
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const operation of Object.values(item)) {
      if (operation.operationId) {
        places.set(operation.operationId, `tag/${operation.tags[0]}/${operation.operationId}`);
      }
    }
  }
  const go = () => {
    const place = places.get(decodeURIComponent(location.hash.slice(1)));
    if (place) {
      history.replaceState(null, "", "#" + place);
    }
    return place;
  };
  go();
  addEventListener("hashchange", () => {
    if (go()) {
      location.reload(); // the renderer looks at the address when it begins
    }
  });

  const configuration = () => ({
    content: structuredClone(doc),
    localization: { locale: language },
    theme: "default",
    withDefaultFonts: false,
    telemetry: false,
    proxyUrl: "",
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: "never",
    hideClientButton: true,
    hideTestRequestButton: !live,
    documentDownloadType: "none",
    hideDarkModeToggle: true,
    forceDarkModeState: document.documentElement.dataset.theme,
    persistAuth: false,
    defaultOpenAllTags: true,
    defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
    showOperationId: true,
    generateTagSlug: (tag) => tag.name,
    generateOperationSlug: (operation) => operation.operationId,
    authentication: {
      preferredSecurityScheme: "Token",
      securitySchemes: session ? { Token: { value: session.token } } : {},
    },
  });
  // What Scalar 1.72 does not tell a screen reader: the names of the buttons that
  // copy an example, which show only to who points at them; of the fields of
  // credentials, which call themselves lists and are none; and that a button is
  // one.
  new MutationObserver(() => {
    for (const button of document.querySelectorAll("button[role=none]")) {
      button.removeAttribute("role");
    }
    for (const button of page.querySelectorAll(".scalar-code-copy:not([aria-label])")) {
      button.setAttribute("aria-label", page.dataset.copy);
    }
    for (const field of page.querySelectorAll("[role=combobox].code-input-lite__editor:not([aria-expanded])")) {
      field.setAttribute("role", "textbox");
      field.setAttribute("aria-label", field.dataset.placeholder);
    }
  }).observe(document.body, { childList: true, subtree: true });

  const reference = Scalar.createApiReference("#reference", configuration());
  // It takes forceDarkModeState at its beginning only, and comes back to it when
  // the system changes its colours.
  const colours = () => {
    const dark = document.documentElement.dataset.theme === "dark";
    document.body.classList.toggle("dark-mode", dark);
    document.body.classList.toggle("light-mode", !dark);
  };
  new MutationObserver(colours).observe(document.body, { attributeFilter: ["class"] });
  document.addEventListener("lts-theme", () => {
    reference.updateConfiguration(configuration());
    colours();
  });

  if (!server) {
    return;
  }
  document.getElementById("live").hidden = false;
  document.getElementById("other-edition").hidden = live;
  const login = document.getElementById("login");
  login.hidden = !live;
  const form = login.querySelector("form");
  if (server.development) {
    for (const field of form.querySelectorAll("input")) {
      field.value = "dev"; // everybody knows them
    }
  }
  const status = login.querySelector("[role=status]");
  if (session) {
    login.open = true;
    status.textContent = status.dataset.done;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    try {
      sessionStorage.setItem("lts-session", JSON.stringify(await getToken(given)));
      location.reload(); // the renderer reads the document once
    } catch (error) {
      status.textContent = `${status.dataset.failed} ${error.message}`;
    }
  });

  async function getToken({ domain, user, password, project }) {
    const answer = await fetch("/v3/auth/tokens", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        auth: {
          identity: { methods: ["password"], password: { user: { name: user, password, domain: { name: domain } } } },
          scope: { project: { name: project, domain: { name: domain } } },
        },
      }),
    });
    const body = await answer.json();
    if (!answer.ok) {
      throw new Error(body.error?.message || body.error_msg || String(answer.status));
    }
    return { token: answer.headers.get("X-Subject-Token"), project: body.token.project.id };
  }
})();
