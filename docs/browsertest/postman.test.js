// The Postman collections: Postman's own schema takes them, and Postman's own
// runner sends what is in them.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import validator from "@har-sdk/validator";
import newman from "newman";
import { buildBundles, startServer } from "./browser.js";

const { PostmanValidator } = validator; // a module of the older kind
const folder = buildBundles() + "/postman/";
const read = (name) => JSON.parse(readFileSync(folder + name, "utf8"));

for (const name of readdirSync(folder)) {
  test(`${name} keeps the schema of collections 2.1`, async () => {
    const collection = read(name);
    assert.match(collection.info.schema, /v2\.1\.0/);
    assert.deepEqual(await new PostmanValidator().verify(collection), []);
  });
}

test("the schema of collections refuses what is none", async () => {
  const collection = read("lts.latest.postman_collection.json");
  collection.item[0].item[0].request.header = null;
  assert.notDeepEqual(await new PostmanValidator().verify(collection), []);
});

test("the runner gets a token and sends every request with it", async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const collection = read("lts.latest.postman_collection.json");
  const requests = collection.item.flatMap((folder) => folder.item);
  const login = requests.find((item) => item.name === "Get a token");
  login.request.body.raw = JSON.stringify({ auth: {
    identity: { methods: ["password"], password: { user: { name: "dev", password: "dev", domain: { name: "dev" } } } },
    scope: { project: { name: "dev" } },
  } });
  // The first request asks for the token, as the page of downloads says.
  collection.item.unshift(login);
  const services = collection.variable.filter((variable) => variable.value?.startsWith("http"));
  assert.ok(services.length >= 3, "the collection does not say where the services are");

  const { run } = await promisify(newman.run)({
    collection,
    envVar: services.map(({ key }) => ({ key, value: server.address })),
  });
  assert.deepEqual(run.failures.map(({ error, source }) => `${source?.name}: ${error.message}`), []);
  assert.equal(run.executions.length, 1 + requests.length);
  const codes = new Map(run.executions.map(({ item, response }) => [item.name, response.code]));
  // IDs in paths are those of the examples, so other requests find nothing; but
  // each is one that the server knows, and the caller may send.
  assert.equal(codes.get("Get a token"), 201);
  assert.equal(codes.get("Create a log group"), 201);
  assert.equal(codes.get("List all log groups"), 200);
  for (const { item, response } of run.executions) {
    const said = `${item.name} is answered with ${response.code} ${response.text()}`;
    assert.ok(response.code < 500 && response.code !== 401 && !said.includes("APIGW."), said);
  }
});
