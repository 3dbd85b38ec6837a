import type { Known, Schema, Schemas } from './schema';

type Content = Record<string, { schema?: Schema }>;

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
}

export interface Operation {
  operationId?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { content?: Content }>;
}

/** An OpenAPI 3.1 document, as far as the comparison reads it. */
export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Schemas };
}

/** One call, with the schemas that it refers to. */
export interface KnownOperation {
  /** `get /v1/pools` */
  name: string;
  operation: Operation;
  schemas: Schemas;
}

/** The calls of a document, by name. */
export function operationsOf({ paths, components }: ApiDocument): Map<string, KnownOperation> {
  const schemas = components?.schemas ?? {};
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): KnownOperation => {
      return { name: `${method} ${path}`, operation, schemas };
    }),
  );
  return new Map(all.map((each) => [each.name, each]));
}

/** The schema of a body in this type of content; one that allows everything if it has none. */
export function schemaIn(content: Content, type: string, schemas: Schemas): Known {
  return { schema: content[type]?.schema ?? {}, schemas };
}
