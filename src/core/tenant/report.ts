import type { Capability } from './capability.ts';

/** What a tenant can and cannot do, as it was asked at an instant. Without capabilities: it could not be asked, and why. */
export type TenantReport =
  | { readonly askedAt: Date; readonly capabilities: readonly Capability[] }
  | { readonly askedAt: Date; readonly why: string };
