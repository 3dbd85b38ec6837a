import { ConfigError, type Problem } from './config-error';
import { MasterKeyError } from './crypto/master-key';
import { DomainError } from './domain/errors';
import type { Place } from './environment';
import { PartIsWrong } from './pools-file/partial';

/** Collects all that is wrong with a configuration, so that it can be told at once. */
export class Problems {
  private readonly found: Problem[] = [];
  private readonly others: { variable: string | undefined; error: unknown }[] = [];

  /** `placeOf` gives the place that sets a variable. */
  constructor(private readonly placeOf: (variable: string) => Place) {}

  /**
   * Runs a check and gives its value; undefined if it fails, which is noted, or reads a part that is
   * wrong (see `ifRight`). A problem that names no place is one of `variable`.
   */
  async of<T>(variable: string | undefined, check: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await check();
    } catch (error) {
      if (error instanceof ConfigError) this.note(variable, error.found);
      else if (error instanceof MasterKeyError || error instanceof DomainError)
        this.note(variable, [{ message: error.message }]);
      else if (!(error instanceof PartIsWrong)) this.others.push({ variable, error });
      return undefined;
    }
  }

  /** Notes problems; those that name no place are of `variable`. */
  note(variable: string | undefined, problems: readonly Problem[]): void {
    for (const problem of problems) {
      const { file, field = variable, message } = problem;
      const isPlaced = file !== undefined || field === undefined;
      this.found.push(isPlaced ? problem : { ...this.placeOf(field), field, message });
    }
  }

  /**
   * Errors: ConfigError with all problems, and these warnings; without a problem, the first error of
   * another kind.
   */
  throwAny(warnings: readonly Problem[]): void {
    if (this.found.length === 0 && this.others.length > 0) throw this.others[0]!.error;
    for (const { variable, error } of this.others)
      this.note(variable, [{ message: error instanceof Error ? error.message : String(error) }]);
    if (this.found.length > 0) throw new ConfigError([...this.found, ...warnings]);
  }
}
