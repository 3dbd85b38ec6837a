/**
 * A faster `flatMap` for code that runs on every loan. V8's own calls into its runtime for each
 * element, which took a tenth of the time of a request.
 */
export function flatMapFast<T, R>(
  list: readonly T[],
  give: (member: T, index: number) => readonly R[],
): R[] {
  const all: R[] = [];
  for (let index = 0; index < list.length; index += 1)
    for (const each of give(list[index]!, index)) all.push(each);
  return all;
}
