/**
 * An input by the domain's own name: `duration`, or a path of names and positions such as
 * `['items', 0, 'count']`. Each API translates it into what its callers write.
 */
export type Field = string | readonly PropertyKey[];

/** A field as people write it: `items[0].count`. */
export function spelled(field: Field): string {
  if (typeof field === 'string') return field;
  return field
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step)}`,
    )
    .join('');
}
