// `npm run dev`: compiles what is saved, and starts the server again with it.
const { spawn } = require('node:child_process');
const { join, resolve } = require('node:path');
const { build } = require('./build.cjs');

const root = resolve(__dirname, '..');
const TSC = ['-b', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'];
const VITE = ['build', '--config', 'web/vite.config.mts', '--watch'];
const SERVER = ['--watch-path=dist/src', '--watch-path=dist/jobs', '--watch-preserve-output'];

function run(...args) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  child.on('exit', (code) => stop(code ?? 1));
  return child;
}

let children = [];
function stop(code) {
  process.exitCode ??= code;
  for (const child of children) child.kill('SIGTERM');
}

process.exitCode = build() || undefined;
if (process.exitCode === undefined) {
  children = [
    run(require.resolve('typescript/bin/tsc'), ...TSC),
    run(join(root, 'node_modules/vite/bin/vite.js'), ...VITE),
    run(...SERVER, 'dist/src/main.js', 'serve', ...process.argv.slice(2)),
  ];
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0));
}
