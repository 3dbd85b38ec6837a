import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that holds package.json: above `src` when run from the sources, above `dist/src` when compiled. */
function projectRoot(from = __dirname): string {
  return existsSync(join(from, 'package.json')) ? from : projectRoot(dirname(from));
}

/** Files that the program reads at run time besides its own code. */
export const assets = {
  /** The SQL migrations. */
  migrations: (): string => join(projectRoot(), 'migrations'),
  /** The compiled entry point of a job; worker threads load JavaScript only. */
  job: (name: string): string => join(projectRoot(), 'dist', 'jobs', `${name}.js`),
  packageJson: (): string => join(projectRoot(), 'package.json'),
};
