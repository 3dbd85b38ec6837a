import type { IncomingMessage, ServerResponse } from 'node:http';

/** In ms; a busy machine takes its time. */
const PATIENCE = 60_000;

/** How long the calls of one page may take before those that never came are made by another; ms. */
const PATIENCE_WITH_PAGE = 15_000;

/** An answered request. */
export interface Arrival {
  method: string;
  status: number;
  /** May pages of other origins make the call that was asked about? */
  agreed: boolean;
}

/** The requests that were answered, by the `case` in their query. */
export class Arrivals {
  private readonly seen = new Map<string, Arrival[]>();
  private changed: () => void = () => {};

  /** Notes a request when the app answers it, even if the browser has given it up by then. */
  readonly note = ({ method, url }: IncomingMessage, response: ServerResponse): void => {
    const id = new URL(url!, 'http://x').searchParams.get('case');
    if (id === null) return;
    const end = response.end.bind(response) as (...parts: unknown[]) => ServerResponse;
    response.end = (...parts: unknown[]) => {
      const agreed = response.hasHeader('Access-Control-Allow-Origin');
      const before = this.seen.get(id) ?? [];
      this.seen.set(id, [...before, { method: method!, status: response.statusCode, agreed }]);
      this.changed();
      return end(...parts);
    };
  };

  /** Waits until a request of each case was answered. Errors: one that names those missing. */
  async of(cases: readonly string[]): Promise<Map<string, Arrival[]>> {
    const missing = await this.missing(cases, PATIENCE);
    if (missing.length > 0) throw new Error(`Never came: ${missing.join('; ')}`);
    return this.seen;
  }

  /** The cases of which no request has been answered after a while. */
  async missing(
    cases: readonly string[],
    patience: number = PATIENCE_WITH_PAGE,
  ): Promise<readonly string[]> {
    const deadline = Date.now() + patience;
    for (;;) {
      const missing = cases.filter((id) => !this.seen.has(id));
      const left = deadline - Date.now();
      if (missing.length === 0 || left <= 0) return missing;
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, left);
        this.changed = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
  }
}
