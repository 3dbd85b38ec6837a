import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Webhook } from 'standardwebhooks';
import type { CredentialSecret, Target } from '../../../src/drivers/driver';
import { READING, type CallName, type CallRequest } from '../../../src/drivers/messages';

/** The secret of the signatures. */
export const SECRET = Buffer.from('a secret of the test, long enough').toString('base64');

interface Login extends CredentialSecret {
  operationId: string;
  purpose: 'static' | 'access';
}

interface Thing {
  handle: string;
  resourceId: string;
  pool: string;
  installation: string;
  operationId: string;
  logins: Login[];
}

/** A call that the service refuses. */
class Refusal extends Error {
  constructor(readonly status = 409) {
    super('refused');
  }
}

/** How many items each piece of a list has. */
const PIECE = 2;

/** A small service that keeps the contract of drivers, as another team would write it. */
export class ThingService {
  readonly things = new Map<string, Thing>();
  private readonly turns = new Map<string, string>();
  private readonly server: Server;

  constructor() {
    const app = express();
    app.post('/v0/:name', express.text({ type: '*/*', limit: '10mb' }), (req, res) => {
      try {
        const text = req.body as string;
        const call = new Webhook(SECRET).verify(text, req.headers as never) as CallRequest;
        if (call.operation !== req.params.name) throw new Refusal(400);
        this.takeTurn(call);
        res.json(this.calls[call.operation](call) ?? {});
      } catch (error) {
        res.status(error instanceof Refusal ? error.status : 401).json({});
      }
    });
    this.server = createServer(app);
  }

  /** Listens on the loopback address; gives its own. */
  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v0/`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  admits(handle: string | null, credential: CredentialSecret): boolean {
    return (
      this.things.get(handle ?? '')?.logins.some((login) => matches(login, credential)) ?? false
    );
  }

  /** Refuses calls that come late, as docs/driver-messages.md says. */
  private takeTurn(call: CallRequest): void {
    const { operation, operationId, attempt, installation, target } = call;
    if (!target || READING.includes(operation)) return;
    const key = `${installation} ${target.resourceId}`;
    const turn = [String(target.generation).padStart(9, '0'), operationId, attempt].join(' ');
    if (turn < (this.turns.get(key) ?? '')) throw new Refusal();
    this.turns.set(key, turn);
  }

  private ofResource({ resourceId }: Target, { installation }: CallRequest): Thing[] {
    return [...this.things.values()].filter(
      (thing) => thing.resourceId === resourceId && thing.installation === installation,
    );
  }

  private find({ target }: CallRequest): Thing | undefined {
    return this.things.get(target?.handle ?? '');
  }

  private require(call: CallRequest, credential?: CredentialSecret | null): Thing {
    const thing = this.find(call);
    if (!thing) throw new Refusal(404);
    if (credential && !this.admits(thing.handle, credential)) throw new Refusal();
    return thing;
  }

  private readonly calls: Record<CallName, (call: CallRequest) => object | undefined> = {
    provision: (call) => {
      const { operationId, attempt, installation } = call;
      const { resourceId, pool } = call.target!;
      for (const thing of this.ofResource(call.target!, call))
        if (thing.operationId === operationId) this.things.delete(thing.handle);
      const handle = `${resourceId}/${operationId}/${attempt}`;
      this.things.set(handle, { handle, resourceId, pool, installation, operationId, logins: [] });
      return { handle, details: { host: 'things.invalid' } };
    },
    verify: (call) => {
      const thing = this.find(call);
      if (!thing) return { ok: false, reason: 'There is no such thing.' };
      if (call.credential && !this.admits(thing.handle, call.credential))
        return { ok: false, reason: 'The credential is refused.' };
      return { ok: true };
    },
    clean: (call) => {
      const thing = this.require(call, call.credential);
      thing.logins = thing.logins.filter(
        ({ purpose, operationId }) => purpose !== 'access' && operationId !== call.operationId,
      );
      return { handle: thing.handle };
    },
    issueCredential: (call) => {
      const thing = this.require(call, call.current);
      const { operationId } = call;
      thing.logins = thing.logins.filter(
        (login) => call.current && login.operationId !== operationId,
      );
      const credential = { username: 'thing', password: randomBytes(12).toString('hex') };
      thing.logins.push({ ...credential, operationId, purpose: 'static' });
      return { credential };
    },
    retireCredential: (call) => {
      const thing = this.require(call, call.current);
      thing.logins = thing.logins.filter((login) => matches(login, call.current!));
      return undefined;
    },
    checkCredential: (call) => ({
      accepted: this.admits(this.require(call).handle, call.credential!),
    }),
    openAccess: (call) => {
      const thing = this.require(call);
      const { operationId, wish = {} } = call;
      const { username, password, publicKey } = wish;
      thing.logins = thing.logins.filter((login) => login.operationId !== operationId);
      thing.logins.push({ username, password, publicKey, operationId, purpose: 'access' });
      return { access: { username, password } };
    },
    closeAccess: (call) => {
      const thing = this.find(call);
      if (thing) thing.logins = thing.logins.filter(({ purpose }) => purpose !== 'access');
      return undefined;
    },
    destroy: (call) => {
      for (const { handle } of this.ofResource(call.target!, call)) this.things.delete(handle);
      return undefined;
    },
    list: ({ pool, installation, cursor }) => {
      const all = [...this.things.values()].filter(
        (thing) => thing.pool === pool && thing.installation === installation,
      );
      const later = all.filter(({ handle }) => handle > (cursor ?? '')).sort(byHandle);
      const found = later
        .slice(0, PIECE)
        .map(({ handle, resourceId, operationId }) => ({ handle, resourceId, operationId }));
      return { found, ...(later.length > PIECE && { next: found.at(-1)!.handle }) };
    },
    remove: ({ found, installation }) => {
      if (this.things.get(found!.handle)?.installation === installation)
        this.things.delete(found!.handle);
      return undefined;
    },
  };
}

const byHandle = (a: Thing, b: Thing) => (a.handle < b.handle ? -1 : 1);

function matches(login: CredentialSecret, credential: CredentialSecret): boolean {
  const { username, password, publicKey } = credential;
  return (
    login.username === username &&
    (password === undefined
      ? publicKey !== undefined && login.publicKey === publicKey
      : login.password === password)
  );
}
