/**
 * What a list gives for each of its members, as one list; `flatMap` for what runs at every loan:
 * V8's own asks its runtime for each element, which made a tenth of a request.
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
