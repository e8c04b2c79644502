/** A live tenant is read only where the first of these is set, and written to only where the second says so (docs/sandbox-contract.md). */
export const liveTenant = {
  file: process.env.BREAKGLASS_TEST_LIVE_TENANTS_FILE,
  writes: process.env.BREAKGLASS_TEST_LIVE_WRITES === 'yes',
  /** Object id of a user who is there. */
  user: process.env.BREAKGLASS_TEST_LIVE_USER?.toLowerCase(),
  /** A Conditional Access policy that was made to be changed. */
  policy: process.env.BREAKGLASS_TEST_LIVE_POLICY,
  /** A group of people with person keys, in that tenant. */
  peopleGroup: process.env.BREAKGLASS_TEST_LIVE_PEOPLE_GROUP,
  cloud: process.env.BREAKGLASS_TEST_LIVE_CLOUD ?? 'global',
} as const;

export const LIVE_HINT =
  'No live tenant: its contract suite was skipped. It needs BREAKGLASS_TEST_LIVE_TENANTS_FILE and BREAKGLASS_TEST_LIVE_USER (docs/sandbox-contract.md).';
