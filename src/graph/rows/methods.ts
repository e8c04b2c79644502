import type { AuthenticationMethod } from '../../core/posture/snapshot.ts';
import { given, instant, type Maybe, typeName } from './values.ts';

/** An authentication method of any kind: each kind fills in only its own properties. */
export interface MethodRow {
  readonly '@odata.type'?: Maybe<string>;
  readonly id: string;
  readonly displayName?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly model?: Maybe<string>;
  readonly aaGuid?: Maybe<string>;
  readonly attestationLevel?: Maybe<string>;
  readonly passkeyType?: Maybe<string>;
  readonly isUsable?: Maybe<boolean>;
  readonly startDateTime?: Maybe<string>;
  readonly lifetimeInMinutes?: Maybe<number>;
}

export function methodFrom(row: MethodRow): AuthenticationMethod {
  const start = instant(row.startDateTime);
  const expiresAt = start && row.lifetimeInMinutes ? new Date(start.getTime() + row.lifetimeInMinutes * 60_000) : undefined;
  return {
    id: row.id,
    kind: typeName(row['@odata.type']).replace(/AuthenticationMethod$/, ''),
    ...given('displayName', row.displayName),
    ...given('createdAt', instant(row.createdDateTime)),
    ...given('model', row.model),
    ...given('aaguid', row.aaGuid?.toLowerCase()),
    ...given('attested', row.attestationLevel ? row.attestationLevel === 'attested' : undefined),
    ...given('passkeyType', row.passkeyType),
    ...given('usable', row.isUsable),
    ...given('expiresAt', expiresAt),
  };
}
