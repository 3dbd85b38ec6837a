import { ConfigError } from './config-error';
import { MasterKeyError } from './crypto/master-key';
import { DomainError } from './domain/errors';

/** Collects what is wrong with a configuration, so that all of it can be told at once. */
export class Problems {
  private readonly found: string[] = [];
  private readonly others: unknown[] = [];

  /** Runs a check and gives its value; undefined if it fails, which is noted. */
  async of<T>(check: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await check();
    } catch (error) {
      if (error instanceof ConfigError) this.found.push(...error.problems);
      else if (error instanceof MasterKeyError || error instanceof DomainError)
        this.found.push(error.message);
      else this.others.push(error);
      return undefined;
    }
  }

  /** Errors: ConfigError with all problems; without one, the first error of another kind. */
  throwAny(): void {
    if (this.found.length > 0) throw new ConfigError([...new Set(this.found)]);
    if (this.others.length > 0) throw this.others[0];
  }
}
