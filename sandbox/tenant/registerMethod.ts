import { randomUUID } from 'node:crypto';
import { usePass } from './accessPasses.ts';
import { type Initiator, recordAudit } from './audit.ts';
import { type ByHand, Senseless } from './byHand.ts';
import { graphInstant, type JsonObject, textOf } from './json.ts';
import { userTarget } from './membership.ts';
import { findMethodKind, METHOD_KINDS, methodKey } from './methodKinds.ts';
import type { MethodRow, UserRow } from './records.ts';

interface Made {
  /** Graph gives every mobile phone and every email address a fixed id (API reference). */
  readonly id?: string;
  readonly properties: JsonObject;
}

/** What a passkey says of itself: its model and AAGUID as its maker publishes them. */
function passkey(body: JsonObject): Made {
  const isDeviceBound = body.deviceBound !== false;
  const model = textOf(body, 'model') ?? (isDeviceBound ? 'YubiKey 5 Series with NFC' : 'iCloud Keychain');
  return {
    properties: {
      displayName: textOf(body, 'displayName') ?? model,
      aaGuid: isDeviceBound ? 'fa2b99dc-9e39-4257-8f92-4a30d23c4118' : 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd',
      attestationCertificates: isDeviceBound ? ['9d4e0f4c2b6a41c1a2d3e4f5a6b7c8d9e0f1a2b3'] : [],
      attestationLevel: isDeviceBound ? 'attested' : 'notAttested',
      model,
      passkeyType: isDeviceBound ? 'deviceBound' : 'synced',
    },
  };
}

const MAKERS: Readonly<Record<string, (body: JsonObject) => Made>> = {
  fido2: passkey,
  phone: () => ({
    id: '3179e48a-750b-4051-897c-87b9720928f7',
    properties: { phoneNumber: '+49 1555 0100', phoneType: 'mobile', smsSignInState: 'notConfigured' },
  }),
  email: () => ({ id: '3ddfcfc8-9383-446f-83cc-3ab9be4be18f', properties: { emailAddress: 'somebody@partner.example' } }),
  softwareOath: () => ({ properties: { secretKey: null } }),
  microsoftAuthenticator: (body) => ({
    properties: { displayName: textOf(body, 'displayName') ?? 'Pixel 9', deviceTag: 'SoftwareTokenActivated', phoneAppVersion: '6.2510' },
  }),
  windowsHelloForBusiness: (body) => ({ properties: { displayName: textOf(body, 'displayName') ?? 'PAW-01', keyStrength: 'normal' } }),
  platformCredential: (body) => ({
    properties: { displayName: textOf(body, 'displayName') ?? 'Mac-01', keyStrength: 'normal', platform: 'macOS' },
  }),
};

/** A method of somebody, as Graph would list it. Throws `Senseless` for a kind that can't be registered. */
export function madeMethod(user: UserRow, createdDateTime: string, body: JsonObject): MethodRow {
  const kind = findMethodKind(textOf(body, 'method') ?? 'phone');
  const make = MAKERS[kind?.kind ?? ''];
  if (!kind || !make) {
    const names = METHOD_KINDS.map((one) => one.kind).filter((name) => name in MAKERS);
    throw new Senseless(`method must be one of ${names.join(', ')}.`);
  }
  const { id = randomUUID(), properties } = make(body);
  const displayName = textOf(body, 'displayName') ?? kind.kind;
  return { id, tenantId: user.tenantId, userId: user.id, kind: kind.kind, displayName, createdDateTime, properties, pass: null };
}

/**
 * Registers a method: by the administrator, or by the person themself when `temporaryAccessPass` is given, which must still open. A
 * passkey may say its `model`, and `deviceBound: false` if it is synced between devices.
 */
export function registerMethod(task: ByHand, user: UserRow): void {
  const { state, tenantId, body } = task;
  const pass = textOf(body, 'temporaryAccessPass');
  if (pass !== undefined && !user.properties.accountEnabled) throw new Senseless('This account is disabled, so nobody can sign in to it.');
  if (pass !== undefined && !usePass(state, tenantId, user.id, pass)) throw new Senseless('This Temporary Access Pass does not open.');
  const row = madeMethod(user, graphInstant(state.clock.now()), body);
  if (state.methods.get(methodKey(row))) throw new Senseless('This user has such a method already.');
  state.methods.put(methodKey(row), row);
  const words = findMethodKind(row.kind)?.words ?? row.kind;
  const { displayName, userPrincipalName } = user.properties;
  const self: Initiator = { kind: 'user', id: user.id, displayName, userPrincipalName };
  const who = pass === undefined ? 'Admin' : 'User';
  recordAudit(state, {
    tenantId,
    by: pass === undefined ? task.by : self,
    activity: `${who} registered security info`,
    category: 'UserManagement',
    operation: 'Add',
    service: 'Authentication Methods',
    reason: pass === undefined ? `Admin registered ${words} method for user` : `User registered ${words} method`,
    targets: [userTarget(user)],
  });
}
