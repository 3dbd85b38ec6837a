import { z } from 'zod';
import { poolsFileSchema } from './schema';

/** The JSON Schema (2020-12) of a pools file as people write it, for their editors. */
export function poolsFileJsonSchema(): Record<string, unknown> {
  return {
    title: 'Holdfast pools file',
    ...z.toJSONSchema(poolsFileSchema, { io: 'input', target: 'draft-2020-12' }),
  };
}
