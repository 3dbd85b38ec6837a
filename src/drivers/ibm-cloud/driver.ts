import {
  DriverError,
  NotYet,
  type Call,
  type CredentialSecret,
  type DiscoveredResource,
  type Driver,
  type DriverEnv,
  type HealthCheck,
  type ProvisionResult,
  type Target,
} from '../driver';
import { candidatesFor, parseHandle, withKey, type Account } from './accounts';
import { Api } from './api';
import { clearOut, evict } from './eviction';
import { requireTime } from './faults';
import { issuedIn, ownerOf, removeIdentities } from './issued';
import { issueKnown, remembering, revokeAbandoned } from './issuing';
import {
  handleFor,
  markerFor,
  markerNamed,
  markersIn,
  removeMarker,
  takeAccount,
  takeTurn,
  type Marker,
} from './marker';
import { IBM_CLOUD_CAPABILITIES, type IbmCloudSettings } from './settings';
import { sweep } from './sweep';
import { exchange, requireTokens, type TokenContext } from './tokens';

/** The most searches of one cleaning: the retirement that follows goes on, without the holder. */
const MOST_SEARCHES = 20;

/** Lends accounts of IBM Cloud. Each loan has a service ID of its own. */
export class IbmCloudDriver implements Driver {
  readonly capabilities = IBM_CLOUD_CAPABILITIES;

  /** `now`: the clock of the proofs; epoch ms. */
  constructor(
    private readonly settings: IbmCloudSettings,
    private readonly env: Pick<DriverEnv, 'installation'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes an account, and clears it out as if somebody unknown had used it until now. */
  async provision(target: Target, call: Call): Promise<ProvisionResult> {
    const memo = call.memo === null ? null : (JSON.parse(call.memo) as ProvisionMemo);
    if (memo) return this.finishTaking(target, call, memo);
    for (const listed of candidatesFor(this.settings, { ...target, handle: null })) {
      const api = await this.open(withKey(listed), call);
      const marker = await takeAccount(api, target, call, this.env.installation);
      if (!marker) continue;
      return this.finishTaking(target, call, { handle: handleFor(api, marker), evidence: null });
    }
    throw new DriverError('resource', 'No listed account is free.');
  }

  private async finishTaking(
    target: Target,
    call: Call,
    { handle, evidence }: ProvisionMemo,
  ): Promise<ProvisionResult> {
    const { api, marker } = await this.take({ ...target, handle }, call);
    const wrap = (memo: string | null): ProvisionMemo => ({ handle, evidence: memo });
    await remembering(wrap, () => clearOut(api, marker.id, evidence));
    return resultOf(api, marker);
  }

  async verify(
    target: Target,
    credential: CredentialSecret | null,
    call: Call,
  ): Promise<HealthCheck> {
    const api = await this.apiOf(target, call);
    const marker = markerNamed(await markersIn(api), target.handle ?? '');
    if (!marker) return { ok: false, reason: 'The account is not marked as ours any more.' };
    if (credential && !(await exchange({ apiKey: String(credential.password) }, api.context)))
      return { ok: false, reason: 'The key is refused.' };
    return { ok: true, details: resultOf(api, marker).details };
  }

  /**
   * Removes what is not on the list. The holder may still be there, and add more: the retirement of
   * their key, which follows, searches again until nothing is found.
   */
  async clean(
    target: Target,
    credential: CredentialSecret | null,
    call: Call,
  ): Promise<ProvisionResult> {
    const { api, marker } = await this.take(target, call);
    const searches = Number(call.memo ?? 0) + 1;
    const owner = credential && (await ownerOf(api, String(credential.password)));
    const kept = owner ? [owner.keyId, owner.iamId] : [];
    const serviceIds = credential?.username === undefined ? [] : [credential.username];
    const own = { ids: [marker.id, ...kept], serviceIds };
    const { items, isPartial } = await sweep(api, own);
    if (isPartial && searches < MOST_SEARCHES)
      throw new NotYet(
        this.now(),
        `Much is being removed: ${items.length} things of one search.`,
        String(searches),
      );
    return resultOf(api, marker);
  }

  /** Returns once the key and its rights are known; its secret is kept in the memo until then. */
  async issueCredential(
    target: Target,
    current: CredentialSecret | null,
    call: Call,
  ): Promise<CredentialSecret> {
    const { api } = await this.take(target, call);
    if (current) await requireTokens(String(current.password), 'The current key', api.context);
    else await revokeAbandoned(api, call);
    return issueKnown(api, call);
  }

  async retireCredential(
    target: Target,
    old: CredentialSecret,
    current: CredentialSecret,
    call: Call,
  ): Promise<void> {
    const { api, marker } = await this.take(target, call);
    await evict(api, old, current, marker.id, call);
  }

  async checkCredential(
    target: Target,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'> {
    const context = this.contextOf(call);
    requireTime(call.signal);
    parseHandle(target.handle ?? '');
    const tokens = await exchange({ apiKey: String(credential.password) }, context);
    return tokens ? 'accepted' : 'refused';
  }

  openAccess(): Promise<CredentialSecret> {
    return Promise.reject(new DriverError('resource', 'Accounts have no access of this kind.'));
  }

  closeAccess(): Promise<void> {
    return Promise.reject(new DriverError('resource', 'Accounts have no access of this kind.'));
  }

  /** Gives the account back, without anything of its holders that can be removed at once. */
  async destroy(target: Target, call: Call): Promise<void> {
    for (const listed of candidatesFor(this.settings, target)) {
      const api = await this.open(withKey(listed), call);
      for (const { id, note } of await markersIn(api))
        if (note.installation === this.env.installation && note.resource === target.resourceId)
          await giveBack(api, id);
    }
  }

  async *list(pool: string, call: Call): AsyncGenerator<DiscoveredResource[]> {
    for (const listed of this.settings.accounts) {
      const api = await this.open(withKey(listed), call);
      const mine = (await markersIn(api)).filter(
        ({ note }) => note.installation === this.env.installation && note.pool === pool,
      );
      yield mine.map((marker) => ({
        handle: handleFor(api, marker),
        resourceId: marker.note.resource,
        operationId: marker.note.operation,
      }));
    }
  }

  async remove({ handle }: DiscoveredResource, call: Call): Promise<void> {
    for (const listed of candidatesFor(this.settings, { handle, name: '' })) {
      const api = await this.open(withKey(listed), call);
      const found = markerNamed(await markersIn(api), handle);
      if (found?.note.installation === this.env.installation) await giveBack(api, found.id);
    }
  }

  async close(): Promise<void> {}

  private contextOf({ signal }: Call): TokenContext {
    return { settings: this.settings, signal, now: this.now };
  }

  private open(account: Account, call: Call): Promise<Api> {
    return Api.open(account, this.contextOf(call));
  }

  /** Errors: DriverError if the account is no longer listed. */
  private apiOf(target: Target, call: Call): Promise<Api> {
    const [listed] = target.handle === null ? [] : candidatesFor(this.settings, target);
    if (!listed) throw new DriverError('resource', 'The account is not listed any more.');
    return this.open(withKey(listed), call);
  }

  /**
   * The account, for a call that changes it. A marker that a holder has removed is made anew, since
   * the account is still ours. Errors: DriverError if the call is late, or somebody else has it.
   */
  private async take(target: Target, call: Call): Promise<{ api: Api; marker: Marker }> {
    const api = await this.apiOf(target, call);
    const marker = await markerFor(api, target, call, this.env.installation);
    await takeTurn(api, marker, target, call);
    return { api, marker };
  }
}

interface ProvisionMemo {
  handle: string;
  /** The memo of `clearOut`. */
  evidence: string | null;
}

/** Removes what was issued, searches once, and removes the mark last. */
async function giveBack(api: Api, markerId: string): Promise<void> {
  await removeIdentities(
    api,
    (await issuedIn(api)).map(({ id }) => id),
  );
  await sweep(api, { ids: [markerId], serviceIds: [] });
  await removeMarker(api, markerId);
}

function resultOf(api: Api, marker: Marker): ProvisionResult & { details: object } {
  const { accountId, name } = api.account;
  return { handle: handleFor(api, marker), details: { accountId, account: name } };
}
