// `npm start`: what was built, built first where it is not what the sources say. In this process:
// another Node would cost its start once more. Without a command it serves.
const { build } = require('./build.cjs');

const status = build();
if (process.argv.length === 2) process.argv.push('serve');
if (status === 0) require('../dist/src/main.js');
else process.exitCode = status;
