/** The first code among an error and its causes; empty without one. */
export function codeOf(error: unknown): string {
  const codes = chainOf(error).map((each) => (each as { code?: unknown }).code);
  return codes.find((code) => typeof code === 'string') ?? '';
}

/** An error, its causes, and the errors of several addresses. */
export function chainOf(error: unknown): unknown[] {
  if (typeof error !== 'object' || error === null) return [];
  const { cause, errors = [] } = error as { cause?: unknown; errors?: unknown[] };
  return [error, ...errors.flatMap(chainOf), ...chainOf(cause)];
}
