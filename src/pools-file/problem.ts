import type { z } from 'zod';

/** A field of the file, by keys and positions from the root. */
export type FieldPath = readonly PropertyKey[];

/** Notes a problem of a field. The message must quote no value of the file. */
export type Report = (path: FieldPath, message: string) => void;

/** Reports every problem that zod found below `base`. */
export function reportIssues(base: FieldPath, error: z.ZodError, report: Report): void {
  for (const issue of error.issues) {
    const path = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys')
      issue.keys.forEach((key) => report([...path, key], 'is not a known key'));
    else report(path, isMissing(issue) ? 'is missing' : issue.message);
  }
}

function isMissing({ code, message }: z.core.$ZodIssue): boolean {
  return code === 'invalid_type' && message.endsWith('received undefined');
}
