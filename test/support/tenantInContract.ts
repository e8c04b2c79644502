import { afterEach, expect } from '@jest/globals';
import { masked } from '../../sandbox/tenant/mask.ts';
import { startTenant as start, type TenantOptions, type TenantServer } from '../../sandbox/tenant/server.ts';
import type { Exchange } from '../../sandbox/tenant/traffic.ts';
import { prepareGraphTypes } from './contract/graphTypes.ts';
import { keepTraffic } from './contract/recorded.ts';
import { sliceViolationsOf } from './contract/slice.ts';
import { violationsOf } from './contract/violations.ts';

export type { TenantServer } from '../../sandbox/tenant/server.ts';

prepareGraphTypes();
const seen: (readonly [Exchange, 'product' | 'anybody'])[] = [];

/**
 * The sandbox's tenant, held to Microsoft's contract: the test during which it answers otherwise, or takes what Graph would not, fails.
 *
 * @param from `product` where only the product's own code calls: then requests that are refused must be in order as well
 */
export const startTenant = (options: TenantOptions, from: 'product' | 'anybody' = 'anybody'): Promise<TenantServer> =>
  start({ ...options, watch: (exchange) => seen.push([exchange, from]) });

afterEach(() => {
  const exchanges = seen.splice(0);
  keepTraffic(
    exchanges
      .filter(([, from]) => from === 'product')
      .map(([{ at, tenantId, caller, request, response }]) => ({
        at,
        tenantId,
        caller,
        request: { ...request, body: masked(request.body) },
        response: { ...response, body: masked(response.body) },
      })),
  );
  const broken = exchanges.flatMap(([exchange, from]) => [...violationsOf(exchange, from), ...sliceViolationsOf(exchange, from)]);
  expect(broken).toEqual([]);
});
