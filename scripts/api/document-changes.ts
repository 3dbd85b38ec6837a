import {
  operationsOf,
  schemaIn,
  type ApiDocument,
  type KnownOperation,
  type Operation,
  type Parameter,
} from './document';
import { formsOf, type Known, type Schema } from './schema';
import { lossesOf, type Loss } from './schema-changes';

/** A call before and now. */
interface Pair {
  before: KnownOperation;
  now: KnownOperation;
}

/**
 * Everything in `now` that breaks a client of `before`, a line each; what was added breaks nobody.
 * Empty if nothing does.
 */
export function breakingChanges(before: ApiDocument, now: ApiDocument): string[] {
  const present = operationsOf(now);
  return [...operationsOf(before).values()].flatMap((each) => {
    const same = present.get(each.name);
    if (!same) return [`${each.name}: is gone`];
    const pair = { before: each, now: same };
    return [
      ...nameChange(pair),
      ...accessChanges(pair),
      ...parameterChanges(pair),
      ...bodyChanges(pair),
      ...answerChanges(pair),
    ].map((change) => `${each.name}: ${change}`);
  });
}

function nameChange({ before, now }: Pair): string[] {
  const [old, present] = [before.operation.operationId, now.operation.operationId];
  return old === present ? [] : [`is called ${present}, and was ${old}`];
}

/** Every way to be allowed in has to stay; no credential is one of them. */
function accessChanges({ before, now }: Pair): string[] {
  const present = new Set(waysIn(now.operation));
  return waysIn(before.operation)
    .filter((way) => !present.has(way))
    .map((way) => (way === '' ? 'needs a credential' : `no longer takes the credential ${way}`));
}

function waysIn({ security = [] }: Operation): string[] {
  const ways = security.map((each) => Object.keys(each).sort().join(' and '));
  return ways.length === 0 ? [''] : ways;
}

function parameterChanges({ before, now }: Pair): string[] {
  const { parameters: old = [] } = before.operation;
  const { parameters: present = [] } = now.operation;
  const known = new Set(old.map(nameOf));
  const added = present.filter((each) => each.required && !known.has(nameOf(each)));
  return [
    ...old.flatMap((each) => {
      const same = present.find((other) => nameOf(other) === nameOf(each));
      return same ? parameterChange(each, same, { before, now }) : [`${nameOf(each)} is gone`];
    }),
    ...added.map((each) => `${nameOf(each)} is required`),
  ];
}

function parameterChange(old: Parameter, present: Parameter, { before, now }: Pair): string[] {
  const demanded = present.required && !old.required ? [`${nameOf(old)} is required`] : [];
  const from = { schema: old.schema ?? {}, schemas: before.schemas };
  const to = { schema: present.schema ?? {}, schemas: now.schemas };
  return [...demanded, ...requestLosses(from, to, nameOf(old))];
}

const nameOf = ({ name, in: place }: Parameter) => `${place} parameter ${name}`;

function bodyChanges({ before, now }: Pair): string[] {
  const old = before.operation.requestBody;
  const present = now.operation.requestBody;
  if (!present) return old ? ['body is gone'] : [];
  const demanded = present.required && !old?.required ? ['body is required'] : [];
  const types = Object.keys(old?.content ?? {});
  return [
    ...demanded,
    ...types.flatMap((type) => {
      if (!(type in present.content)) return [`body is no longer taken as ${type}`];
      const from = schemaIn(old!.content, type, before.schemas);
      return requestLosses(from, schemaIn(present.content, type, now.schemas), 'body');
    }),
  ];
}

const OF_REQUESTS: Readonly<Record<Loss['kind'], (detail: string) => string>> = {
  value: (detail) => `no longer takes ${detail}`,
  required: () => 'is required',
  unknown: () => 'is gone',
  limit: (detail) => `has a narrower ${detail}`,
};

function requestLosses(from: Known, to: Known, whole: string): string[] {
  return lossesOf(from, to, { isOpen: false }).map(
    ({ place, kind, detail }) => `${whole}${place} ${OF_REQUESTS[kind](detail)}`,
  );
}

function answerChanges({ before, now }: Pair): string[] {
  return Object.entries(before.operation.responses).flatMap(([status, old]) => {
    const present = now.operation.responses[status];
    if (!present) return [`answer ${status} is gone`];
    return Object.keys(old.content ?? {}).flatMap((type) => {
      if (!(type in (present.content ?? {}))) return [`answer ${status} is no longer ${type}`];
      const from = schemaIn(old.content!, type, before.schemas);
      return answerLosses(from, schemaIn(present.content!, type, now.schemas), `answer ${status}`);
    });
  });
}

const OF_ANSWERS: Readonly<Record<Loss['kind'], (detail: string) => string>> = {
  value: (detail) => `may now be ${detail}`,
  required: () => 'may now be missing',
  unknown: () => 'is new',
  limit: (detail) => `has another ${detail}`,
};

/** An answer breaks by what it may be now and could not be before, and by what it no longer has. */
function answerLosses(before: Known, now: Known, whole: string): string[] {
  const gone = new Set(goneFrom([before], [now], '', []));
  const wider = lossesOf(now, before, { isOpen: true }).filter(({ place }) => !gone.has(place));
  return [
    ...[...gone].map((place) => `${whole}${place} is gone`),
    ...wider.map(({ place, kind, detail }) => `${whole}${place} ${OF_ANSWERS[kind](detail)}`),
  ];
}

/** The places of properties that no form of an answer has any more. `above`: schemas that hold it. */
function goneFrom(before: Known[], now: Known[], place: string, above: Schema[]): string[] {
  const old = partsOf(before.filter(({ schema }) => !above.includes(schema)));
  const present = partsOf(now);
  const below = [...above, ...before.map(({ schema }) => schema)];
  return [...old].flatMap(([name, parts]) => {
    const same = present.get(name);
    if (same) return goneFrom(parts, same, place + name, below);
    return name === '[]' ? [] : [place + name];
  });
}

/** The schemas one step below, by `.name` of the property, or `[]` for the entries of a list. */
function partsOf(all: Known[]): Map<string, Known[]> {
  const parts = new Map<string, Known[]>();
  for (const { schema, schemas } of all)
    for (const { properties = {}, items } of formsOf({ schema, schemas })) {
      const named = Object.entries(properties).map(([name, each]) => [`.${name}`, each] as const);
      for (const [name, each] of items ? [...named, ['[]', items] as const] : named)
        parts.set(name, [...(parts.get(name) ?? []), { schema: each, schemas }]);
    }
  return parts;
}
