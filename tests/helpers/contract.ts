import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

/** One answer as its caller gets it. */
export interface SentAnswer {
  method: string;
  /** As it was asked for; a query is passed over. */
  path: string;
  status: number;
  /** Content-Type; empty without one. */
  type: string;
  /** The body; null where it is not known as a whole, or where none is sent because of HEAD. */
  text: string | null;
}

interface Documented {
  content?: Record<string, { schema?: object }>;
}

interface Operation {
  responses: Record<string, Documented>;
}

/** As far as answers are concerned. */
export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components?: object;
}

/** Everything that has no operation is answered so. */
const NOTHING_THERE = /^There is nothing at /;
/** Words of OpenAPI, which say nothing about values. */
const ABOUT = ['example', 'openapi', 'info', 'servers', 'paths', 'components', 'tags'];

/** The operations of one path. */
interface Path {
  template: string;
  pattern: RegExp;
  operations: Record<string, Operation>;
  /** The name of its document. */
  document: string;
}

/**
 * Says whether answers fit OpenAPI 3.1 documents: their status, their type and their body. A schema
 * is compiled when the first answer needs it.
 */
export class Contract {
  private readonly ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
  });
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly paths: Path[];

  /** `undocumented`: paths that are served although no document has them. */
  constructor(
    documents: readonly ApiDocument[],
    private readonly undocumented: readonly string[] = [],
  ) {
    addFormats.default(this.ajv);
    this.ajv.addVocabulary(ABOUT);
    documents.forEach((document, index) => this.ajv.addSchema(document, `api${index}`));
    this.paths = documents
      .flatMap(pathsOf)
      .sort((a, b) => parametersOf(a.template) - parametersOf(b.template));
  }

  /** What is wrong with an answer, in a sentence that names the operation; null if it fits. */
  faultOf(answer: SentAnswer): string | null {
    const method = answer.method === 'HEAD' ? 'get' : answer.method.toLowerCase();
    const asked = answer.path.split('?', 1)[0]!;
    const path = this.paths.find(
      ({ pattern, operations }) => pattern.test(asked) && method in operations,
    );
    const wrong = path ? this.wrongIn(path, method, answer) : this.strayOf(asked, answer);
    if (wrong === null) return null;
    return `${method} ${path?.template ?? asked} answered ${answer.status}: ${wrong}`;
  }

  /** Without an operation, nothing but a refusal is expected. */
  private strayOf(path: string, { method, status }: SentAnswer): string | null {
    if (status >= 400 || method === 'OPTIONS') return null;
    return this.undocumented.includes(path) ? null : 'no document has such an operation';
  }

  private wrongIn(
    { template, operations, document }: Path,
    method: string,
    answer: SentAnswer,
  ): string | null {
    // A legacy API refuses HEAD, which no document describes.
    if (answer.method === 'HEAD' && answer.status === 405) return null;
    // Operations that this server does not have.
    if (answer.status === 404 && NOTHING_THERE.test(detailOf(answer.text))) return null;
    const { responses } = operations[method]!;
    const documented = responses[String(answer.status)];
    if (!documented) return `documented are ${Object.keys(responses).join(', ')}`;
    const content = documented.content ?? {};
    const type = answer.type.split(';', 1)[0]!.trim();
    const types = Object.keys(content);
    if (type === '' && types.length === 0) return answer.text ? 'no body is documented' : null;
    if (!(type in content))
      return `the type "${type}" is not among ${types.join(', ') || 'none, as no body is documented'}`;
    if (answer.text === null) return null;
    const place = ['paths', template, method, 'responses', String(answer.status), 'content', type];
    const body = isJson(type) ? parsed(answer.text) : answer.text;
    return this.wrongBody(`${document}#/${[...place, 'schema'].map(escaped).join('/')}`, body);
  }

  private wrongBody(pointer: string, body: unknown): string | null {
    const fits = this.compiled.get(pointer) ?? this.ajv.compile({ $ref: pointer });
    this.compiled.set(pointer, fits);
    return fits(body) ? null : (fits.errors ?? []).map(sentenceOf).join('; ');
  }
}

function pathsOf({ paths }: ApiDocument, index: number): Path[] {
  return Object.entries(paths).map(([template, operations]) => ({
    template,
    pattern: patternOf(template),
    operations,
    document: `api${index}`,
  }));
}

function isJson(type: string): boolean {
  return /^application\/(\S+\+)?json$/.test(type);
}

/** The value of a JSON text; undefined, which fits no schema, if it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function detailOf(text: string | null): string {
  const body = text === null ? undefined : parsed(text);
  return String((body as { detail?: unknown } | null | undefined)?.detail);
}

function sentenceOf({ instancePath, message, params }: ErrorObject): string {
  const { additionalProperty, allowedValues } = params as {
    additionalProperty?: string;
    allowedValues?: string[];
  };
  const which = additionalProperty ?? allowedValues?.join(', ');
  const detail = which === undefined ? '' : ` (${which})`;
  return `${instancePath || 'the body'} ${message}${detail}`;
}

function parametersOf(template: string): number {
  return template.split('{').length;
}

/** Matches as Express does: regardless of case, and of a slash at the end. */
function patternOf(template: string): RegExp {
  const path = template.replace(/\/$/, '').replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i');
}

/** A step of a JSON pointer in a URI fragment. */
function escaped(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}
