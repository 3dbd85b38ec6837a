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

export interface Operation {
  responses: Record<string, Documented>;
}

/** As far as answers are concerned. */
export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components?: object;
}

/** Everything that has no operation is answered so. */
const NOTHING_THERE = /^There is nothing at /;

/**
 * Says whether answers fit an OpenAPI 3.1 document: their status, their type and their body. A schema
 * is compiled when the first answer needs it.
 */
export class Contract {
  private readonly ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
  });
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly templates: { template: string; pattern: RegExp }[];

  /** `undocumented`: paths that are served although the document leaves them out. */
  constructor(
    private readonly document: ApiDocument,
    private readonly undocumented: readonly string[] = [],
  ) {
    addFormats.default(this.ajv);
    this.ajv.addVocabulary([
      'example',
      'openapi',
      'info',
      'servers',
      'paths',
      'components',
      'tags',
    ]);
    this.ajv.addSchema(document, 'api');
    this.templates = Object.keys(document.paths)
      .sort((a, b) => parametersOf(a) - parametersOf(b))
      .map((template) => ({ template, pattern: patternOf(template) }));
  }

  /** What is wrong with an answer, in a sentence that names the operation; null if it fits. */
  faultOf(answer: SentAnswer): string | null {
    const method = answer.method.toLowerCase();
    const path = answer.path.split('?', 1)[0]!;
    const template = this.templateOf(path, method === 'head' ? 'get' : method);
    const name = `${method} ${template ?? path}`;
    const wrong = template === null ? this.strayOf(path, answer) : this.wrongIn(template, answer);
    return wrong === null ? null : `${name} answered ${answer.status}: ${wrong}`;
  }

  private templateOf(path: string, method: string): string | null {
    const found = this.templates.find(
      ({ template, pattern }) => pattern.test(path) && method in this.document.paths[template]!,
    );
    return found?.template ?? null;
  }

  /** Without an operation, nothing but a refusal is expected. */
  private strayOf(path: string, { method, status }: SentAnswer): string | null {
    if (status >= 400 || method === 'OPTIONS') return null;
    return this.undocumented.includes(path) ? null : 'the document has no such operation';
  }

  private wrongIn(template: string, answer: SentAnswer): string | null {
    const method = answer.method === 'HEAD' ? 'get' : answer.method.toLowerCase();
    // A legacy API refuses HEAD, which the document does not describe.
    if (answer.method === 'HEAD' && answer.status === 405) return null;
    // Operations that this server does not have.
    if (answer.status === 404 && NOTHING_THERE.test(detailOf(answer.text))) return null;
    const { responses } = this.document.paths[template]![method]!;
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
    return this.wrongBody(place, isJson(type) ? parsed(answer.text) : answer.text);
  }

  private wrongBody(place: string[], body: unknown): string | null {
    const pointer = `api#/${[...place, 'schema'].map(escaped).join('/')}`;
    const fits = this.compiled.get(pointer) ?? this.ajv.compile({ $ref: pointer });
    this.compiled.set(pointer, fits);
    return fits(body) ? null : (fits.errors ?? []).map(sentenceOf).join('; ');
  }
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
