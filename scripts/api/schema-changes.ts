import { formsOf, valuesOf, type Form, type Known, type Schema, type Schemas } from './schema';

/** A value that fitted and no longer does: where it is, and the reason. */
export interface Loss {
  /** Such as `.items[].pool`; empty for the whole. */
  place: string;
  kind: 'value' | 'required' | 'unknown' | 'limit';
  /** The value or its type, the name of the property, or the keyword. */
  detail: string;
}

export interface LossOptions {
  /**
   * Are properties that `to` does not know left alone? Readers of answers do that; calls with one
   * are refused.
   */
  isOpen: boolean;
}

const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];
/** Keywords whose values are not compared with one another: any other one may fit less. */
const EXACT = ['pattern', 'format'];

/**
 * The values that fit the schema `from` and may not fit `to`: none if `to` allows all of them. A
 * request breaks by the losses from its former schema to the present one; an answer by those from
 * its present schema to the former one.
 */
export function lossesOf(from: Known, to: Known, options: LossOptions): Loss[] {
  return new Comparison(from.schemas, to.schemas, options).schemas(from, to, '');
}

class Comparison {
  /** Pairs that are being compared: a schema may contain itself. */
  private readonly open = new Set<string>();

  constructor(
    private readonly fromSchemas: Schemas,
    private readonly toSchemas: Schemas,
    private readonly options: LossOptions,
  ) {}

  schemas(from: Known, to: Known, place: string): Loss[] {
    const pair = `${from.schema.$ref ?? ''} ${to.schema.$ref ?? ''}`;
    const mayRecur = from.schema.$ref !== undefined && to.schema.$ref !== undefined;
    if (mayRecur && this.open.has(pair)) return [];
    if (mayRecur) this.open.add(pair);
    const allowed = formsOf(to);
    const losses = formsOf(from).flatMap((form) => this.form(form, allowed, place));
    this.open.delete(pair);
    return withoutRepeats(losses);
  }

  /** The losses of one form, by the allowed form that it fits best. */
  private form(form: Form, allowed: Form[], place: string): Loss[] {
    const fitting = allowed.filter(({ type }) => fitsType(form.type, type));
    const values = valuesOf(form);
    if (values) return lostValues(values, fitting, place);
    if (fitting.length === 0) return [{ place, kind: 'value', detail: form.type ?? 'anything' }];
    const tries = fitting.map((each) => this.within(form, each, place));
    return tries.reduce((best, each) => (each.length < best.length ? each : best));
  }

  /** The losses between two forms of the same type. */
  private within(from: Form, to: Form, place: string): Loss[] {
    const listed = valuesOf(to);
    if (listed) return [{ place, kind: 'value', detail: 'other values' }];
    return [
      ...this.limits(from, to, place),
      ...this.required(from, to, place),
      ...this.properties(from, to, place),
      ...this.others(from, to, place),
      ...this.below(from.items, to.items, `${place}[]`),
    ];
  }

  /** An answer may be longer or larger than before, but has to stay of its format. */
  private limits(from: Form, to: Form, place: string): Loss[] {
    const number = (form: Form, name: string, none: number) => (form[name] as number) ?? none;
    const narrower = [
      ...LOWER.filter((name) => number(to, name, -Infinity) > number(from, name, -Infinity)),
      ...UPPER.filter((name) => number(to, name, Infinity) < number(from, name, Infinity)),
      ...EXACT.filter((name) => to[name] !== undefined && to[name] !== from[name]),
    ];
    return narrower
      .filter((name) => !this.options.isOpen || name === 'format')
      .map((detail) => ({ place, kind: 'limit', detail }));
  }

  private required(from: Form, to: Form, place: string): Loss[] {
    return (to.required ?? [])
      .filter((name) => !from.required?.includes(name))
      .map((name) => ({ place: `${place}.${name}`, kind: 'required', detail: name }));
  }

  private properties(from: Form, to: Form, place: string): Loss[] {
    return Object.entries(from.properties ?? {}).flatMap(([name, schema]): Loss[] => {
      const here = `${place}.${name}`;
      const known = to.properties?.[name] ?? to.additionalProperties;
      if (known === false)
        return this.options.isOpen ? [] : [{ place: here, kind: 'unknown', detail: name }];
      return this.below(schema, known === true ? {} : known, here);
    });
  }

  /** Properties under any name. */
  private others(from: Form, to: Form, place: string): Loss[] {
    const { additionalProperties: before = true } = from;
    const { additionalProperties: after = true } = to;
    if (before === false || after === true || (after === false && this.options.isOpen)) return [];
    if (after === false) return [{ place: `${place}.*`, kind: 'unknown', detail: 'other names' }];
    return [
      ...this.below(before === true ? {} : before, after, `${place}.*`),
      ...this.below(from.propertyNames, to.propertyNames, `${place}.* as a name`),
    ];
  }

  private below(from: Schema | undefined, to: Schema | undefined, place: string): Loss[] {
    if (to === undefined) return [];
    return this.schemas(
      { schema: from ?? {}, schemas: this.fromSchemas },
      { schema: to, schemas: this.toSchemas },
      place,
    );
  }
}

function fitsType(from: string | undefined, to: string | undefined): boolean {
  return to === undefined || from === to || (from === 'integer' && to === 'number');
}

function lostValues(values: unknown[], allowed: Form[], place: string): Loss[] {
  const lists = allowed.map(valuesOf);
  if (lists.includes(null)) return [];
  const listed = new Set(lists.flat().map((value) => JSON.stringify(value)));
  return values
    .map((value) => JSON.stringify(value))
    .filter((value) => !listed.has(value))
    .map((detail) => ({ place, kind: 'value', detail }));
}

function withoutRepeats(losses: Loss[]): Loss[] {
  const seen = new Map(losses.map((loss) => [JSON.stringify(loss), loss]));
  return [...seen.values()];
}
