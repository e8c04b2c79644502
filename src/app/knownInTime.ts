/** A form waits for the people it offers anyway; for a tenant that is slow to answer it waits no longer than this. */
const WAIT_MS = 1_000;

/**
 * What forms are drawn by, and nothing is decided by: the tenant is asked, and where its answer is late what it said last counts, if it ever
 * did. An answer that comes too late for one form is there for the next. What could not be read is not known, whatever it was before.
 *
 * @param read   what is to be known of a tenant
 * @param failed called with what could not be read
 */
export function knownInTime<T>(
  read: (tenantId: string) => Promise<T>,
  failed: (error: unknown) => void,
  waitMs = WAIT_MS,
): (tenantId: string) => Promise<T | undefined> {
  const last = new Map<string, { readonly turn: number; readonly known: T | undefined }>();
  let turns = 0;
  async function ask(tenantId: string): Promise<T | undefined> {
    turns += 1;
    const turn = turns;
    const known = await read(tenantId).catch((error: unknown) => {
      failed(error);
      return undefined;
    });
    // What was asked earlier may be answered later.
    if (turn > (last.get(tenantId)?.turn ?? 0)) last.set(tenantId, { turn, known });
    return known;
  }
  return (tenantId) =>
    new Promise((resolve) => {
      const late = setTimeout(() => resolve(last.get(tenantId)?.known), waitMs);
      void ask(tenantId).then((known) => {
        clearTimeout(late);
        resolve(known);
      });
    });
}
