// Completes npm's bill of materials (on stdin) by what the executable holds besides packages of
// `npm ci --omit=dev`, and leaves out what differs from run to run.
//   usage: npm sbom … | sbom.cjs NODE_VERSION SQLITE_VERSION
const { text } = require('node:stream/consumers');
const { name } = require('../package.json');

const [node, sqlite] = process.argv.slice(2);
const added = [
  { type: 'application', name: 'node', version: node, purl: `pkg:generic/node@${node}` },
  { type: 'library', name: 'sqlite', version: sqlite, purl: `pkg:generic/sqlite@${sqlite}` },
];

text(process.stdin).then((given) => {
  const { serialNumber, metadata, components, ...rest } = JSON.parse(given);
  const { timestamp, component, ...about } = metadata;
  const complete = {
    ...rest,
    metadata: { ...about, component: { ...component, name } },
    components: [...components, ...added],
  };
  process.stdout.write(`${JSON.stringify(complete, null, 2)}\n`);
});
