/**
 * Loaded before the server by `node --require`, and so into each of its threads: names the points of
 * every driver call, and kills the process at one of them. The server's own code knows nothing of it.
 *   POINTS_LOG: a file that gets one line per point, `kind point`
 *   POINTS_KILL: the point at which the process is killed, in the same words
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { ChildProcess } = require('node:child_process');
const { appendFileSync } = require('node:fs');
const http = require('node:http');
const Module = require('node:module');
const net = require('node:net');

const { POINTS_LOG: log, POINTS_KILL: fatal } = process.env;
const call = new AsyncLocalStorage();

/** Waits and tries again are one point: the first counts. */
function reach(under, name) {
  if (!under || under.seen.has(name)) return;
  under.seen.add(name);
  const point = `${under.kind} ${name}`;
  if (log) appendFileSync(log, `${point}\n`);
  if (point !== fatal) return;
  process.kill(process.pid, 'SIGKILL');
  // Nothing more is done in this thread, in the instant that the kernel takes.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** The second command of a name is another point than the first, as long as others came between. */
function count(under, name) {
  if (!under || under.last === name) return `${name}`;
  under.last = name;
  const times = (under.times.get(name) ?? 0) + 1;
  under.times.set(name, times);
  return times === 1 ? name : `${name} (${times})`;
}

function command(name, emitter, event) {
  const under = call.getStore();
  if (!under) return;
  const point = count(under, name);
  reach(under, `sends ${point}`);
  emitter.once(event, () => reach(under, `has had ${point}`));
}

const ID = /\b[0-9a-f]{64}\b/g;
const wordsOf = (path) =>
  path
    .replace(/^\/v[\d.]+(?=\/)/, '')
    .split('?')[0]
    .replace(ID, 'ID')
    .replace(/\/[a-z0-9-]+-[0-9a-f]{10}-\d+\//, '/NAME/')
    .replace(/holdfast-[0-9a-f]{10}$/, 'NAME');

const request = http.request;
http.request = function (...words) {
  const asked = Reflect.apply(request, this, words);
  const answered = asked.getHeader('upgrade') ? 'upgrade' : 'response';
  command(`${asked.method} ${wordsOf(asked.path)}`, asked, answered);
  return asked;
};

const spawn = ChildProcess.prototype.spawn;
ChildProcess.prototype.spawn = function (options) {
  const result = Reflect.apply(spawn, this, [options]);
  const words = options.args.slice(0, 2).map((word) => word.split('/').at(-1));
  const isQemu = words[0].startsWith('qemu-system');
  command(isQemu ? words[0] : words.join(' '), this, isQemu ? 'spawn' : 'exit');
  return result;
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...words) {
  const result = Reflect.apply(connect, this, words);
  const [first] = Array.isArray(words[0]) ? words[0] : words;
  // Those to an engine are requests, and have been counted.
  if (first?.path && !first.method)
    command(`socket ${first.path.split('/').at(-1)}`, this, 'connect');
  return result;
};

/** A login over SSH; how often a server is asked before it answers is left to chance. */
function nameLogins(loaded) {
  for (const way of ['askForLogin', 'tryLogin']) {
    const login = loaded[way];
    loaded[way] = async (...words) => {
      const under = call.getStore();
      const point = under && count(under, 'a login over SSH');
      reach(under, `sends ${point}`);
      const answer = await login(...words);
      reach(under, `has had ${point}`);
      return answer;
    };
  }
}

/** A call of the script on a host. */
function nameScriptCalls({ Host }) {
  const { ask } = Host.prototype;
  Host.prototype.ask = async function (verb, ...words) {
    const under = call.getStore();
    const point = under && count(under, `the script, ${verb}`);
    reach(under, `sends ${point}`);
    const answer = await Reflect.apply(ask, this, [verb, ...words]);
    reach(under, `has had ${point}`);
    return answer;
  };
}

function nameCalls(loaded) {
  const { invokeDriver } = loaded;
  loaded.invokeDriver = (engine, drivers, task, ...rest) => {
    const under = { kind: task.operation.kind, seen: new Set(), times: new Map(), last: '' };
    return call.run(under, async () => {
      reach(under, 'is claimed');
      const result = await invokeDriver(engine, drivers, task, ...rest);
      reach(under, 'has a result, which is not committed');
      return result;
    });
  };
}

function namerOf(loaded) {
  if (loaded.invokeDriver) return nameCalls;
  if (loaded.askForLogin) return nameLogins;
  return loaded.Host ? nameScriptCalls : null;
}

const named = new Set();
const load = Module._load;
Module._load = function (...words) {
  const loaded = Reflect.apply(load, this, words);
  if (!/(^|\/)(driver-calls|ssh|host)$/.test(words[0]) || named.has(loaded)) return loaded;
  const name = namerOf(loaded);
  if (!name) return loaded;
  named.add(loaded);
  name(loaded);
  return loaded;
};
