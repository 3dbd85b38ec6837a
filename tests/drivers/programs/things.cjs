/**
 * A program that keeps the contract of drivers, with all that the driver `exec` can pass on. A thing
 * is a file in $THINGS; its logins are in it.
 */
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('fs');
const { join } = require('path');
const { randomBytes } = require('crypto');

const folder = process.env.THINGS;
const call = JSON.parse(readFileSync(0, 'utf8'));
const { operation, operationId, attempt, installation, target, found, wish } = call;
mkdirSync(folder, { recursive: true });

const fileOf = (handle) => join(folder, Buffer.from(handle).toString('base64url'));
const all = () =>
  readdirSync(folder)
    .filter((name) => !name.endsWith('.new'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
    .filter((thing) => thing.installation === installation);
const thingOf = (handle) => all().find((thing) => thing.handle === handle);
const save = (thing) => {
  const file = fileOf(thing.handle);
  writeFileSync(`${file}.new`, JSON.stringify(thing));
  renameSync(`${file}.new`, file);
};
const remove = ({ handle }) => rmSync(fileOf(handle), { force: true });
const fail = (why) => {
  process.stderr.write(`${why}\n`);
  process.exit(1);
};
const required = () => thingOf(target.handle) ?? fail('There is no such thing.');
const matches = ({ username, password, publicKey }, credential) =>
  username === credential.username &&
  (credential.password === undefined
    ? publicKey !== undefined && publicKey === credential.publicKey
    : password === credential.password);
const admits = (thing, credential) => thing.logins.some((login) => matches(login, credential));
const details = { host: 'things.invalid', port: 22 };
const isOwn = (login) => login.operationId === operationId;

const CALLS = {
  provision: () => {
    const earlier = all().filter((thing) => thing.resourceId === target.resourceId);
    earlier.filter(isOwn).forEach(remove);
    const { resourceId, pool } = target;
    const handle = `${resourceId}/${operationId}/${attempt}`;
    save({ handle, resourceId, pool, installation, operationId, logins: [] });
    return { handle, details };
  },
  verify: () => {
    const thing = thingOf(target.handle);
    if (!thing) return { ok: false, reason: 'There is no such thing.' };
    if (call.credential && !admits(thing, call.credential))
      return { ok: false, reason: 'The credential is refused.' };
    return { ok: true, details };
  },
  clean: () => {
    const thing = required();
    if (call.credential && !admits(thing, call.credential)) fail('The credential is refused.');
    thing.logins = thing.logins.filter((login) => login.purpose !== 'access' && !isOwn(login));
    save(thing);
    return { handle: thing.handle, details };
  },
  issueCredential: () => {
    const thing = required();
    if (call.current && !admits(thing, call.current)) fail('The credential is refused.');
    thing.logins = thing.logins.filter((login) => call.current && !isOwn(login));
    const credential = { username: target.name, password: randomBytes(12).toString('hex') };
    thing.logins.push({ ...credential, operationId, purpose: 'static' });
    save(thing);
    return { credential };
  },
  retireCredential: () => {
    const thing = required();
    thing.logins = thing.logins.filter((login) => matches(login, call.current));
    if (thing.logins.length === 0) fail('The current credential is refused.');
    save(thing);
    return {};
  },
  checkCredential: () => ({ accepted: admits(required(), call.credential) }),
  openAccess: () => {
    const thing = required();
    thing.logins = thing.logins.filter((login) => !isOwn(login));
    const { username, password, publicKey, authorizedKeys = [] } = wish;
    const origin = { username, operationId, purpose: 'access' };
    if (password !== undefined) thing.logins.push({ ...origin, password });
    for (const key of [publicKey, ...authorizedKeys])
      if (key) thing.logins.push({ ...origin, publicKey: key });
    save(thing);
    return { access: { username, ...(password !== undefined && { password }), ...details } };
  },
  closeAccess: () => {
    const thing = thingOf(target.handle);
    if (!thing) return undefined;
    thing.logins = thing.logins.filter(({ purpose }) => purpose !== 'access');
    save(thing);
    return undefined;
  },
  destroy: () => {
    all()
      .filter((thing) => thing.resourceId === target.resourceId)
      .forEach(remove);
    return undefined;
  },
  list: () => ({
    found: all()
      .filter((thing) => thing.pool === call.pool)
      .map(({ handle, resourceId, operationId: made }) => ({
        handle,
        resourceId,
        operationId: made,
      })),
  }),
  remove: () => {
    const thing = thingOf(found.handle);
    if (thing) remove(thing);
    return {};
  },
};

const answer = CALLS[operation]();
if (answer !== undefined) process.stdout.write(JSON.stringify(answer));
