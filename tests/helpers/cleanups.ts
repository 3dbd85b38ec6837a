type Cleanup = () => void | Promise<void>;

const cleanups: Cleanup[] = [];

/**
 * Has something done when the test file is done, before what was asked for earlier: what was made
 * last goes first.
 */
export function whenDone(clean: Cleanup): void {
  cleanups.push(clean);
}

/**
 * Does what was asked for, all of it though some of it fails. Throws what the first of them threw.
 */
export async function cleanUp(): Promise<void> {
  const failures: unknown[] = [];
  for (const clean of cleanups.splice(0).reverse()) {
    try {
      await clean();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

afterAll(cleanUp);
