// What this alternative stands on, as one JSON object.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const OURS = {
  prisma: ["telegraf", "@prisma/client", "@prisma/adapter-pg", "pg", "ioredis"],
  sql: ["telegraf", "pg", "ioredis"],
};

const versions = { node: process.versions.node };
for (const name of OURS[process.argv[2]])
  versions[name] = require(`./node_modules/${name}/package.json`).version;
console.log(JSON.stringify(versions));
