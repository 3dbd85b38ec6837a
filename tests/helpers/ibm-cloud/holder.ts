import type { CredentialSecret } from '../../../src/drivers/driver';
import { ADMINISTRATOR } from './driver';
import type { CloudAccount } from './world';

/** A secret that a holder has kept. */
type Kept = { key: string } | { access: string } | { refresh: string };

/**
 * A holder who does not want to go. At each opportunity, every secret that still works is used to
 * make new ones: tokens, service IDs with policies and keys, keys for the identities of others.
 */
export class Holder {
  readonly kept: Kept[] = [];
  private made = 0;

  constructor(
    private readonly account: CloudAccount,
    { password }: CredentialSecret,
    private readonly most: number,
    /** A number in [0, 1). */
    private readonly fraction: () => number,
  ) {
    this.kept.push({ key: String(password) });
  }

  /** The secrets that still do anything. */
  working(): Kept[] {
    return this.kept.filter((secret) => this.account.world.works(secret));
  }

  /** Does one thing with one of the secrets, if it has the rights for it. */
  act(): void {
    if (this.made >= this.most) return;
    const { world } = this.account;
    const secret = this.kept[Math.floor(this.fraction() * this.kept.length)]!;
    const delay = world.nextDelay();
    const tokens = this.tokensOf(secret, delay);
    if (!tokens) return;
    this.made += 1;
    this.keep(tokens);
    const bearer = world.bearer(tokens.access, delay);
    if (bearer?.rights === 'administers') this.seed(bearer.iamId, delay);
  }

  private tokensOf(secret: Kept, delay: number) {
    const { world } = this.account;
    if ('access' in secret)
      return world.bearer(secret.access, delay) && { access: secret.access, refresh: null };
    return 'key' in secret
      ? world.exchangeKey(secret.key, delay)
      : world.exchangeRefresh(secret.refresh, delay);
  }

  private keep({ access, refresh }: { access: string; refresh: string | null }): void {
    this.kept.push({ access });
    if (refresh !== null) this.kept.push({ refresh });
  }

  private seed(iamId: string, delay: number): void {
    const { account } = this;
    const choice = Math.floor(this.fraction() * 6);
    if (choice === 0) this.keyFor(iamId, iamId, delay);
    if (choice === 1) {
      const { id } = account.addServiceId('a spare');
      account.grant(`iam-${id}`, [ADMINISTRATOR], {}, iamId);
      this.keyFor(`iam-${id}`, iamId, delay);
    }
    if (choice === 2) {
      // The next holder's, or the mark of the account: a key for it, and rights to use it.
      const ids = [...account.serviceIds.values()].filter((each) => account.isLive(each));
      const { id } = ids[Math.floor(this.fraction() * ids.length)] ?? account.addServiceId('other');
      account.grant(`iam-${id}`, [ADMINISTRATOR], {}, iamId);
      this.keyFor(`iam-${id}`, iamId, delay);
    }
    if (choice === 3) {
      const { id } = account.addGroup([iamId]);
      account.grant(id, [ADMINISTRATOR], {}, iamId);
    }
    if (choice === 4) account.addInstance();
    if (choice === 5) account.addPlain(account.profiles, `Profile-${account.profiles.size}`);
  }

  private keyFor(owner: string, maker: string, delay: number): void {
    const { value } = this.account.addKey(owner, maker);
    this.kept.push({ key: value });
    const tokens = this.account.world.exchangeKey(value, delay);
    if (tokens) this.keep(tokens);
  }
}
