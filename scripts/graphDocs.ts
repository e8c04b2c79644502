import { GRAPH_CALLS, type GraphIdentity } from '../src/core/tenant/calls.ts';
import { roleName } from '../src/core/tenant/roles.ts';
import { between, type GeneratedDoc } from './generatedDocs.ts';

const HEAD = '| Identity | Call | Least permission | Directory role | Licence | Why |\n|---|---|---|---|---|---|\n';

/** The calls of one identity, as docs/graph-permissions.md shows them. */
function tableOf(wanted: GraphIdentity): string {
  const rows = GRAPH_CALLS.filter(({ identity }) => identity === wanted).map(
    ({ identity, call, permissions, directoryRole, licence, why }) => {
      const named = permissions.map((each) => `\`${each}\``).join(' and ');
      return `| ${identity} | \`${call}\` | ${named} | ${directoryRole ? roleName(directoryRole) : 'none'} | ${licence ?? 'none'} | ${why} |\n`;
    },
  );
  return HEAD + rows.join('');
}

/** docs/graph-permissions.md, its three tables made from src/core/tenant/calls.ts. */
export const GRAPH_PERMISSIONS: GeneratedDoc = {
  name: 'docs/graph-permissions.md',
  make: (text) => (['people', 'reader', 'changer'] as const).reduce((page, each) => between(page, `calls of ${each}`, tableOf(each)), text),
};
