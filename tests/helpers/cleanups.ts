type Cleanup = () => void | Promise<void>;

const cleanups: Cleanup[] = [];

/** Registers something to do when the test file is done, the newest first. */
export function whenDone(clean: Cleanup): void {
  cleanups.push(clean);
}

/** Does everything that was registered, even if some of it fails. Throws the first error. */
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
