import { NotYet, type Call, type CredentialSecret } from '../driver';
import type { Api } from './api';
import { issue, issuedIn, removeIdentities } from './issued';
import { probe } from './probe';
import { exchange } from './tokens';

interface IssueMemo {
  secret: CredentialSecret;
  /** When it was made; epoch ms. */
  since: number;
}

/** How often in a row a new key has to be accepted, so that several servers know it. */
const ACCEPTED_IN_A_ROW = 3;

/** The pause while a new key is not known everywhere yet; ms. */
const KEY_PAUSE = 2_000;

/** How long a new key may stay unknown before another is made, besides the propagation; ms. */
const KEY_PATIENCE = 60_000;

/**
 * Issues a key, and gives it once it and its rights are known. IBM Cloud shows its secret only once,
 * so that the memo holds it meanwhile. Errors: NotYet until then; DriverError.
 */
export async function issueKnown(api: Api, call: Call): Promise<CredentialSecret> {
  const known = await keyOf(api, call);
  await remembering(
    () => known,
    () => untilKnown(api, known.secret),
  );
  return known.secret;
}

/** The key of the memo, or a new one if there is none, or if it is not known after a long time. */
async function keyOf(api: Api, call: Call): Promise<IssueMemo> {
  const { access, propagationMs } = api.context.settings;
  const memo = call.memo === null ? null : (JSON.parse(call.memo) as IssueMemo);
  if (memo && api.now() - memo.since < KEY_PATIENCE + 2 * propagationMs) return memo;
  return { secret: await issue(api, access, call), since: api.now() };
}

/** Errors: NotYet unless the key, and its rights, are accepted several times in a row. */
async function untilKnown(api: Api, secret: CredentialSecret): Promise<void> {
  for (let count = 0; count < ACCEPTED_IN_A_ROW; count += 1) {
    const tokens = await exchange({ apiKey: String(secret.password) }, api.context);
    if (tokens && (await probe(api, tokens.access)) === 'accepted') continue;
    throw new NotYet(api.now() + KEY_PAUSE, 'The new key is not known everywhere yet.');
  }
}

/** Removes everything issued by other operations, of which nobody knows any more. */
export async function revokeAbandoned(api: Api, { operationId }: Call): Promise<void> {
  const abandoned = (await issuedIn(api)).filter(({ operation }) => operation !== operationId);
  await removeIdentities(
    api,
    abandoned.map(({ id }) => id),
  );
}

/**
 * Runs `work`; the memo of its NotYet becomes a part of what `wrap` makes of it. Errors: those of
 * `work`.
 */
export async function remembering(
  wrap: (memo: string | null) => object,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof NotYet)) throw error;
    throw new NotYet(error.until, error.reason, JSON.stringify(wrap(error.memo ?? null)));
  }
}
