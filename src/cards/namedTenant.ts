/** A tenant as cards name it: `name` is the word people type, `displayName` what they call it. */
export interface NamedTenant {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
}
