import { randomUUID } from 'node:crypto';

/**
 * Accounts of IBM Cloud as far as identities, policies and tokens go. Every server (replica) of it
 * learns of a change after a delay of its own; lists are always up to date.
 */

/** Something that begins and ends; epoch ms of the injected clock. */
interface Lived {
  id: string;
  createdAt: number;
  deletedAt: number;
}

export interface ServiceId extends Lived {
  name: string;
  description?: string;
  version: number;
}

export interface ApiKey extends Lived {
  value: string;
  name: string;
  iamId: string;
  createdBy: string;
}

export interface Policy extends Lived {
  /** An IAM id, or the id of an access group. */
  subject: string;
  roles: string[];
  resources: Record<string, string>;
  createdBy: string;
}

export interface Group extends Lived {
  members: string[];
}

export interface Plain extends Lived {
  /** Shown as it is. */
  fields: Record<string, unknown>;
}

/** An access token. */
interface Access {
  iamId: string;
  account: string;
  expiresAt: number;
  /** Its rights when it was made. */
  rights: Rights;
}

interface Refresh {
  iamId: string;
  account: string;
  expiresAt: number;
}

export type Rights = 'none' | 'reads' | 'administers';

export interface WorldOptions {
  now: () => number;
  /** The delay of each replica, in ms. */
  delays?: number[];
  /** How long access tokens live, in s. */
  tokenLife?: number;
  /** Do tokens keep their rights until they expire, whatever becomes of their policies? */
  isFrozen?: boolean;
  /** Are refresh tokens given to service IDs? */
  refreshes?: boolean;
}

const EVER = Number.MAX_SAFE_INTEGER;
const hex = () => randomUUID().replaceAll('-', '');

/** One account and everything in it. */
export class CloudAccount {
  readonly id = hex();
  readonly adminIamId = `IBMid-${hex().slice(0, 10)}`;
  readonly serviceIds = new Map<string, ServiceId>();
  readonly keys = new Map<string, ApiKey>();
  readonly policies = new Map<string, Policy>();
  readonly groups = new Map<string, Group>();
  readonly profiles = new Map<string, Plain>();
  readonly users = new Map<string, Plain>();
  readonly instances = new Map<string, Plain>();
  readonly resourceKeys = new Map<string, Plain>();
  readonly reclamations = new Map<string, Plain>();
  readonly adminKey: ApiKey;
  tokenLife: number;

  constructor(readonly world: World) {
    this.tokenLife = world.options.tokenLife ?? 3600;
    this.adminKey = this.addKey(this.adminIamId, this.adminIamId, 'administration');
    this.addPlain(this.users, this.adminIamId, { iam_id: this.adminIamId });
    this.grant(this.adminIamId, ['crn:v1:bluemix:public:iam::::role:Administrator']);
  }

  private lived(id: string): Lived {
    return { id, createdAt: this.world.now(), deletedAt: EVER };
  }

  addServiceId(name: string, description?: string): ServiceId {
    const made = { ...this.lived(`ServiceId-${randomUUID()}`), name, description, version: 1 };
    this.serviceIds.set(made.id, made);
    return made;
  }

  addKey(iamId: string, createdBy: string, name = 'key'): ApiKey {
    const made = { ...this.lived(`ApiKey-${randomUUID()}`), value: hex(), name, iamId, createdBy };
    this.keys.set(made.id, made);
    return made;
  }

  grant(
    subject: string,
    roles: string[],
    resources: Record<string, string> = {},
    createdBy = this.adminIamId,
  ): Policy {
    const made = { ...this.lived(randomUUID()), subject, roles, resources, createdBy };
    this.policies.set(made.id, made);
    return made;
  }

  addGroup(members: string[]): Group {
    const made = { ...this.lived(`AccessGroupId-${randomUUID()}`), members };
    this.groups.set(made.id, made);
    return made;
  }

  addPlain(table: Map<string, Plain>, id: string, fields: Record<string, unknown> = {}): Plain {
    const made = { ...this.lived(id), fields: { id, ...fields } };
    table.set(id, made);
    return made;
  }

  addInstance(service = 'cloudant'): Plain {
    const guid = randomUUID();
    const crn = `crn:v1:bluemix:public:${service}:us-south:a/${this.id}:${guid}::`;
    return this.addPlain(this.instances, crn, { guid, crn, state: 'active' });
  }

  /** Everything that lists would show, without the administration and what is among `kept`. */
  strangers(kept: readonly string[] = []): string[] {
    const tables = [this.serviceIds, this.keys, this.policies, this.groups, this.profiles];
    const others = [this.users, this.instances, this.resourceKeys, this.reclamations];
    return [...tables, ...others]
      .flatMap((table) => [...(table as Map<string, Lived>).values()])
      .filter((each) => each.deletedAt === EVER && !kept.includes(each.id))
      .filter((each) => each.id !== this.adminKey.id && each.id !== this.adminIamId)
      .filter((each) => (each as Policy).subject !== this.adminIamId)
      .map(({ id }) => id);
  }

  isLive(thing: Lived | undefined): thing is Lived {
    return thing !== undefined && thing.deletedAt === EVER;
  }

  remove(thing: Lived): void {
    thing.deletedAt = Math.min(thing.deletedAt, this.world.now());
  }

  /** Removes a service ID or a trusted profile with its keys and policies, as IBM Cloud does. */
  removeIdentity(thing: Lived, iamId: string): void {
    this.remove(thing);
    for (const key of this.keys.values()) if (key.iamId === iamId) this.remove(key);
    for (const policy of this.policies.values()) if (policy.subject === iamId) this.remove(policy);
  }

  /** The rights of an identity, as the replica with this delay knows them. */
  rightsOf(iamId: string, delay: number): Rights {
    const groups = [...this.groups.values()].filter(
      (group) => this.world.knows(group, delay) && group.members.includes(iamId),
    );
    const subjects = new Set([iamId, ...groups.map(({ id }) => id)]);
    const known = [...this.policies.values()].filter(
      (policy) => subjects.has(policy.subject) && this.world.knows(policy, delay),
    );
    if (known.length === 0) return 'none';
    const isAdministrator = known.some(
      ({ roles, resources }) =>
        roles.some((role) => role.endsWith(':Administrator')) && !resources['serviceName'],
    );
    return isAdministrator ? 'administers' : 'reads';
  }
}

/** All accounts, and the tokens that were made for them. */
export class World {
  readonly accounts: CloudAccount[] = [];
  private readonly tokens = new Map<string, Access>();
  private readonly refreshTokens = new Map<string, Refresh>();
  private turn = 0;

  constructor(readonly options: WorldOptions) {}

  now(): number {
    return this.options.now();
  }

  addAccount(): CloudAccount {
    const account = new CloudAccount(this);
    this.accounts.push(account);
    return account;
  }

  get delays(): readonly number[] {
    return this.options.delays ?? [0];
  }

  /** The delay of the replica that answers next; they take turns. */
  nextDelay(): number {
    this.turn += 1;
    return this.delays[this.turn % this.delays.length]!;
  }

  /** Does the replica with this delay know that the thing exists? */
  knows({ createdAt, deletedAt }: Lived, delay: number): boolean {
    const seen = this.now() - delay;
    return createdAt <= seen && seen < deletedAt;
  }

  /** The key with this value, as a replica knows it. */
  keyOf(value: string, delay: number): { account: CloudAccount; key: ApiKey } | undefined {
    for (const account of this.accounts)
      for (const key of account.keys.values())
        if (key.value === value)
          return this.knows(key, delay) || key === account.adminKey ? { account, key } : undefined;
    return undefined;
  }

  /** Tokens for a key; undefined if the replica refuses it. */
  exchangeKey(value: string, delay: number) {
    const found = this.keyOf(value, delay);
    return found && this.mint(found.account, found.key.iamId, delay, this.options.refreshes);
  }

  /** Tokens for a refresh token; undefined if the replica refuses it. */
  exchangeRefresh(value: string, delay: number) {
    const known = this.refreshTokens.get(value);
    if (!known || known.expiresAt <= this.now()) return undefined;
    const account = this.accounts.find(({ id }) => id === known.account)!;
    const identity = account.serviceIds.get(known.iamId.replace(/^iam-/, ''));
    if (!identity || !this.knows(identity, delay)) return undefined;
    return this.mint(account, known.iamId, delay, false);
  }

  private mint(account: CloudAccount, iamId: string, delay: number, refreshes = false) {
    const expiresAt = this.now() + account.tokenLife * 1000;
    const access = `access-${hex()}`;
    const rights = account.rightsOf(iamId, delay);
    this.tokens.set(access, { iamId, account: account.id, expiresAt, rights });
    const refresh = refreshes && iamId.startsWith('iam-ServiceId-') ? `refresh-${hex()}` : null;
    if (refresh)
      this.refreshTokens.set(refresh, {
        iamId,
        account: account.id,
        expiresAt: this.now() + 72 * 3_600_000,
      });
    return { access, refresh, expiresAt };
  }

  /** Who presents this token, with which rights; undefined if it is unknown or expired. */
  bearer(token: string, delay: number) {
    const known = this.tokens.get(token);
    if (!known || known.expiresAt <= this.now()) return undefined;
    const account = this.accounts.find(({ id }) => id === known.account)!;
    const rights = this.options.isFrozen ? known.rights : account.rightsOf(known.iamId, delay);
    return { account, iamId: known.iamId, rights };
  }

  /** Does a secret still do anything, at any replica? The question that no client can ask. */
  works(secret: { key?: string; access?: string; refresh?: string }): boolean {
    return this.delays.some(
      (delay) =>
        (secret.key !== undefined && this.keyOf(secret.key, delay) !== undefined) ||
        (secret.access !== undefined &&
          (this.bearer(secret.access, delay)?.rights ?? 'none') !== 'none') ||
        (secret.refresh !== undefined && this.exchangeRefresh(secret.refresh, delay) !== undefined),
    );
  }
}
