import { afterAll, beforeAll } from '@jest/globals';

/**
 * What all tests of a suite use and takes long to come up. It is ended when it has come up, also where jest has given up waiting by then:
 * the connections and processes of what nobody ends would keep the run from ending.
 *
 * @returns it, once it is there
 */
export function setUp<T>(make: () => Promise<T>, end: (made: T) => Promise<void>): () => T {
  let making: Promise<T> | undefined;
  let made: T | undefined;
  beforeAll(async () => {
    making = make();
    made = await making;
  });
  afterAll(async () => {
    // Why it did not come up has been told.
    const [there] = await Promise.allSettled([making]);
    if (there.status === 'fulfilled' && there.value !== undefined) await end(there.value);
  });
  return () => {
    if (made === undefined) throw new Error('it has not come up');
    return made;
  };
}
