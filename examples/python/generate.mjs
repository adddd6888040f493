// Makes Python classes of the schemas of an OpenAPI 3.1 document in JSON:
//
//   node generate.mjs DOCUMENT OUTPUT
import { readFileSync, writeFileSync } from "node:fs";
import { FetchingJSONSchemaStore, InputData, JSONSchemaInput, PythonTargetLanguage, quicktype } from "quicktype-core";

// Times stay text, as they are sent: parsed they would need a module that is not
// in the standard library of Python.
class Python extends PythonTargetLanguage {
  get stringTypeMapping() {
    return new Map();
  }
}

const [document, output] = process.argv.slice(2);
const schemas = new JSONSchemaInput(new FetchingJSONSchemaStore());
await schemas.addSource({ name: "lts", schema: readFileSync(document, "utf8"), uris: ["#/components/schemas/"] });
const inputData = new InputData();
inputData.addInput(schemas);
const { lines } = await quicktype({ inputData, lang: new Python(), rendererOptions: { "python-version": "3.7" } });
writeFileSync(output, lines.join("\n"));
