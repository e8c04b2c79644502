import type { Graph } from './client.ts';
import { GraphFault } from './faults.ts';

/** The part of Graph that only reads. */
export type GraphReads = Pick<Graph, 'origin' | 'get' | 'find' | 'list'>;

const MAX_PAGES = 200;

/** A path as faults name it: without its query, which may hold names. */
export const bare = (path: string): string => path.split('?', 1)[0] ?? path;

/** Finding and listing by means of a plain GET, however that is sent. */
export function readsOver(origin: string, get: Graph['get']): GraphReads {
  return {
    origin,
    get,
    async find<T>(path: string) {
      try {
        return await get<T>(path);
      } catch (error) {
        if (error instanceof GraphFault && error.status === 404) return undefined;
        throw error;
      }
    },
    async list<T>(path: string) {
      const found: T[] = [];
      const wrong = (code: string, detail: string, status = 200) => new GraphFault(`GET ${bare(path)}`, { status, code, detail });
      let next: string | undefined = path;
      for (let page = 0; next !== undefined; page += 1) {
        if (page === MAX_PAGES) throw wrong('TooManyPages', `more than ${MAX_PAGES} pages`, 0);
        const answer: { value?: T[]; '@odata.nextLink'?: string } = await get(next);
        if (!Array.isArray(answer.value)) throw wrong('NotACollection', 'no value array');
        found.push(...answer.value);
        next = answer['@odata.nextLink'];
        if (next !== undefined && new URL(next).origin !== origin) throw wrong('ForeignNextLink', new URL(next).origin);
      }
      return found;
    },
  };
}
