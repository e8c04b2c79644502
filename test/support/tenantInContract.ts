import { afterEach, expect } from '@jest/globals';
import { startTenant as start, type TenantOptions, type TenantServer } from '../../sandbox/tenant/server.ts';
import type { Exchange } from '../../sandbox/tenant/traffic.ts';
import { prepareGraphTypes } from './contract/graphTypes.ts';
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
  const broken = seen.splice(0).flatMap(([exchange, from]) => [...violationsOf(exchange, from), ...sliceViolationsOf(exchange, from)]);
  expect(broken).toEqual([]);
});
