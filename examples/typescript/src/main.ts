// Writes two log lines and finds one of them again. Paths, parameters, bodies
// and answers are checked by the compiler against the document.
import assert from "node:assert/strict";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./lts.js";

type Schemas = components["schemas"];

const baseUrl = process.env.LTS_ENDPOINT ?? "http://127.0.0.1:8080";

// The data of an answer, or an exception with the documented error.
function expect<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.error !== undefined || answer.data === undefined) {
    throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

// A client with a token of the development credentials, and the project that it
// is for.
async function login(): Promise<{ client: Client<paths>; project_id: string }> {
  const answer = await createClient<paths>({ baseUrl }).POST("/v3/auth/tokens", {
    body: {
      auth: {
        identity: { methods: ["password"], password: { user: { name: "dev", password: "dev", domain: { name: "dev" } } } },
        scope: { project: { name: "dev" } },
      },
    },
  });
  const { token } = expect(answer);
  assert.ok(token.project, "the token is for a project");
  const headers = { "X-Auth-Token": answer.response.headers.get("X-Subject-Token") };
  return { client: createClient<paths>({ baseUrl, headers }), project_id: token.project.id };
}

// The lines of the last and the next minute that have a word.
async function search(client: Client<paths>, path: { project_id: string; log_group_id: string; log_stream_id: string }, keywords: string) {
  const now = Date.now();
  const body: Schemas["ListLogsRequest"] = { start_time: now - 60_000, end_time: now + 60_000, keywords, highlight: false };
  const found = expect(
    await client.POST("/v2/{project_id}/groups/{log_group_id}/streams/{log_stream_id}/content/query", { params: { path }, body }),
  );
  return found.logs.map((log) => log.content);
}

const { client, project_id } = await login();
const { log_group_id } = expect(
  await client.POST("/v2/{project_id}/groups", {
    params: { path: { project_id } },
    body: { log_group_name: `typescript-${Date.now()}`, ttl_in_days: 7 },
  }),
);
try {
  const { log_stream_id } = expect(
    await client.POST("/v2/{project_id}/groups/{log_group_id}/streams", {
      params: { path: { project_id, log_group_id } },
      body: { log_stream_name: "access" },
    }),
  );
  const path = { project_id, log_group_id, log_stream_id };
  expect(
    await client.POST("/v2/{project_id}/lts/groups/{log_group_id}/streams/{log_stream_id}/tenant/contents", {
      params: { path },
      // A number of JavaScript is too short for nanoseconds, so they go as digits.
      body: { log_time_ns: `${Date.now()}000000`, contents: ["GET / 200", "GET /login 500"], labels: { host: "a" } },
    }),
  );
  assert.deepEqual(await search(client, path, "login"), ["GET /login 500"]);
} finally {
  const { response } = await client.DELETE("/v2/{project_id}/groups/{log_group_id}", { params: { path: { project_id, log_group_id } } });
  assert.equal(response.status, 204);
}
const { log_groups } = expect(await client.GET("/v2/{project_id}/groups", { params: { path: { project_id } } }));
assert.ok(!log_groups.some((group) => group.log_group_id === log_group_id), "the group is gone");
console.log("typescript: created, written, found, deleted");
