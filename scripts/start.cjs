// `npm start`: what was built, built first where it is not what the sources say. In this process:
// another Node would cost its start once more.
const { build } = require('./build.cjs');

const status = build();
if (status === 0) require('../dist/src/main.js');
else process.exitCode = status;
