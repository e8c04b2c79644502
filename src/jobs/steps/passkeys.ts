import { keysFound } from '../../core/account/passkeyTerms.ts';
import type { IssuedPass, Part } from '../../core/account/types.ts';
import { later, MINUTE } from '../../core/decision.ts';
import { REMOVABLE_METHODS } from '../../core/posture/check.ts';
import type { AuthenticationMethod } from '../../core/posture/snapshot.ts';
import { oldIsGone, type Passkeys, replacedBy, type StepId } from '../../core/request/types.ts';
import { checkPassword } from './credential.ts';
import { checkCustodians, of, type Step, type StepScene, StepStopped, StepWaits, subjectOf } from './step.ts';

const PASS = 'temporaryAccessPass';
/** How long it is looked every minute for a key that its custodian says is registered; then it waits to be told again. */
const LOOK_FOR_MINUTES = 10;

function passkeysOf(scene: StepScene): Passkeys {
  const credential = of(scene, 'credential');
  if (credential.kind !== 'passkey') throw new TypeError('a plan with a password in parts registers no keys');
  return credential;
}

const nameOf = ({ request: { plan } }: StepScene, number: number): string => plan.custodians[number - 1]?.name ?? `Custodian ${number}`;
const numberOf = (scene: StepScene): number => Number(subjectOf(scene));
const issuing = (number: number): StepId => `issue-pass:${number}`;

/** A password that was known before opens nothing beside the keys. Where they take its place it goes when every one of them stands, not before. */
export const dropPassword: Step = {
  look: async ({ request }) => (request.state === 'undoing' && !oldIsGone(request) ? 'The password was not touched, and stays' : undefined),
  async act(scene) {
    const { writer, user, newPassword, request, reader } = scene;
    if (request.state === 'undoing') return settlePassword(scene);
    if (replacedBy(request.plan) !== undefined) {
      const keys = await plannedKeys(scene);
      const shown = new Set((await reader.methods(await user())).map(({ id }) => id));
      if ([...keys].some((key) => !shown.has(key)))
        throw new StepStopped('KeysMissing', 'A key that was registered is gone. The password was not touched.', true);
    }
    return discardPassword({ writer, user, newPassword });
  },
};

/**
 * Given up when nobody knows whether the password was replaced: from then on it is, and the keys count. Where none of them is left, somebody
 * else took them off since, and it could be all that opens the account: it is not touched, and a person has to say what is to be.
 */
async function settlePassword(scene: StepScene): Promise<string> {
  const shown = new Set((await scene.reader.methods(await scene.user())).map(({ id }) => id));
  if ((await scene.parts()).some(({ key }) => key !== undefined && shown.has(key.methodId))) return discardPassword(scene);
  const sentAt = scene.request.expected?.find(({ step, undo }) => step === 'drop-password' && !undo)?.fromAt;
  const { passwordChangedAt } = await scene.userNow();
  // Stryker disable next-line ConditionalExpression, LogicalOperator: nothing is later than an instant that is not there
  if (sentAt && passwordChangedAt && passwordChangedAt > sentAt) return `The password was replaced at ${passwordChangedAt.toISOString()}`;
  const words =
    'Every new key is gone, and the old password may still work: it was not touched. Find out who removed the keys, then set its password in Entra.';
  throw new StepStopped('KeysMissing', words, true);
}

async function discardPassword({ writer, user, newPassword }: Pick<StepScene, 'writer' | 'user' | 'newPassword'>): Promise<string> {
  const discarded = newPassword(64);
  try {
    await writer.setPassword(await user(), discarded);
  } finally {
    discarded.fill(0);
  }
  return 'A random password was set, and nobody has it';
}

/** Graph tells a pass once, in the answer that makes it: one whose answer was lost is replaced by another, never asked for again (CR-2). */
export const issuePass: Step = {
  async look(scene) {
    const part = await scene.part(numberOf(scene));
    if (part?.pass?.requestId !== scene.request.id) return undefined;
    const methods = await scene.reader.methods(await scene.user());
    const { key } = part;
    // Done again because of a later step: whoever has registered a key under this request needs no other.
    if (key) return methods.some(({ id }) => id === key.methodId) ? registered(nameOf(scene, part.number), key) : undefined;
    // Whatever opens with it, its key would not count.
    if (part.refused) return undefined;
    if (!part.expiresAt || (await scene.now()) >= part.expiresAt) return undefined;
    const there = methods.find(({ kind }) => kind === PASS);
    const isOpen = there?.id === part.pass.methodId && (part.state === 'ready' || there.usable === true);
    return isOpen ? issued(scene, part.expiresAt) : undefined;
  },
  async act(scene) {
    await checkCustodians(scene, numberOf(scene));
    const objectId = await scene.user();
    const before = (await scene.reader.methods(objectId)).filter(({ kind }) => kind === 'fido2').map(({ id }) => id);
    const { methodId, value, expiresAt } = await scene.writer.issuePass(objectId, passkeysOf(scene).passMinutes);
    try {
      await scene.sealPass(
        numberOf(scene),
        value,
        { methodId, issuedAt: await scene.now(), keysBefore: before, keysAtStart: before },
        expiresAt,
      );
    } finally {
      value.fill(0);
    }
    return issued(scene, expiresAt);
  },
};

const issued = (scene: StepScene, expiresAt: Date): string =>
  `Pass for ${nameOf(scene, numberOf(scene))} sealed; it opens once, until ${expiresAt.toISOString()}`;

/** Nothing is done here: the custodian registers the key, and only what the tenant then shows counts. */
export const enrol: Step = {
  async look(scene) {
    const number = numberOf(scene);
    const who = nameOf(scene, number);
    const part = await scene.part(number);
    if (part?.key) return registered(who, part.key);
    if (part?.refused?.why === 'PassLost')
      throw new StepStopped('PassLost', `The pass of ${who} is lost, so another is made.`, true, issuing(number));
    if (part?.pass?.requestId !== scene.request.id || part.state === 'expired') {
      throw new StepStopped('PassExpired', `${who} registered no key before the pass expired.`, false, issuing(number));
    }
    const { pass, confirmedAt, expiresAt } = part;
    if (!confirmedAt) throw new StepWaits(`Waiting for ${who} to register a security key`, { untilAt: expiresAt });
    return taken(scene, number, { pass, confirmedAt, expiresAt }, await scene.reader.methods(await scene.user()));
  },
  act: async () => undefined,
};

async function taken(
  scene: StepScene,
  number: number,
  { pass, confirmedAt, expiresAt }: { readonly pass: IssuedPass; readonly confirmedAt: Date; readonly expiresAt: Date | undefined },
  methods: readonly AuthenticationMethod[],
): Promise<string> {
  const who = nameOf(scene, number);
  const found = keysFound(methods, pass.keysBefore);
  switch (found.kind) {
    case 'key': {
      const { id, model, aaguid } = found.key;
      const key = { methodId: id, ...(model === undefined ? {} : { model }), ...(aaguid === undefined ? {} : { aaguid }) };
      await scene.recordKey(number, key);
      return registered(who, key);
    }
    case 'synced': {
      const words = `The passkey that ${who} registered can be copied to other devices.`;
      throw new StepStopped('SyncedPasskey', words, false, issuing(number));
    }
    case 'several': {
      const words = `More than one key was registered while ${who} had a pass, and nobody knows whose the other is. Find out.`;
      throw new StepStopped('TooManyKeys', words, false, issuing(number));
    }
    case 'none': {
      if (methods.some(({ kind, id }) => kind === PASS && id !== pass.methodId)) {
        const words = `Somebody replaced the pass of ${who}. Find out who.`;
        throw new StepStopped('PassReplaced', words, false, issuing(number));
      }
      const now = await scene.now();
      const soon = later(now, MINUTE);
      throw soon < later(confirmedAt, LOOK_FOR_MINUTES * MINUTE)
        ? new StepWaits(`${who} says that the key is registered; the tenant does not show it yet`, { lookAt: soon, untilAt: expiresAt })
        : new StepWaits(`${who} said that the key is registered, but the tenant shows none. Waiting for them to say it again`, {
            untilAt: expiresAt,
          });
    }
  }
}

const registered = (who: string, { model, methodId }: { readonly model?: string; readonly methodId: string }): string =>
  `${who} registered ${model ?? 'a security key'}, bound to its device (${methodId})`;

const passesOf = async ({ reader, user }: StepScene): Promise<AuthenticationMethod[]> =>
  (await reader.methods(await user())).filter(({ kind }) => kind === PASS);

/** Everything on the account that is neither its password, which nobody has and nothing can remove, nor one of these keys. */
export async function othersThan(scene: StepScene, keys: ReadonlySet<string>): Promise<AuthenticationMethod[]> {
  return (await scene.reader.methods(await scene.user())).filter(({ kind, id }) => kind !== 'password' && !keys.has(id));
}

/** The keys on record that count under this plan. @throws StepStopped when they are not as many as it says: none is removed then */
export async function plannedKeys(scene: StepScene): Promise<ReadonlySet<string>> {
  const { keys } = passkeysOf(scene);
  // A plan with fewer custodians than before leaves the higher numbers out, and removes their keys with whatever else there is.
  const known = new Set((await scene.parts()).flatMap(({ number, key }) => (key && number <= keys ? [key.methodId] : [])));
  if (known.size === keys) return known;
  throw new StepStopped('KeysMissing', `${known.size} keys are on record, and the plan says ${keys}. Nothing was removed.`);
}

export const tidyMethods: Step = {
  async look(scene) {
    const keys = await plannedKeys(scene);
    return (await othersThan(scene, keys)).length === 0 ? `Nothing opens it but ${keys.size} keys` : undefined;
  },
  async act(scene) {
    for (const method of await othersThan(scene, await plannedKeys(scene))) await remove(scene, method);
    return undefined;
  },
};

/** The parts of the password that takes the keys' place: ready once it is set, and waited for until each is stored. */
export const storeParts: Step = {
  async look(scene) {
    const found = await scene.parts();
    const sealed = found.some(({ state }) => state === 'sealed');
    if (sealed) await scene.handOut();
    const parts = sealed ? await scene.parts() : found;
    const gone = parts.find(({ state }) => state === 'expired' || state === 'lost');
    if (gone) {
      const { name } = gone.custodian;
      throw gone.state === 'lost'
        ? new StepStopped('PartLost', `The part of ${name} is lost.`, false, startOf(scene))
        : new StepStopped('PartExpired', `${name} did not open their part in time.`, false, startOf(scene));
    }
    const open = parts.filter(({ state }) => state !== 'stored');
    if (open.length > 0) throw waitsFor(open);
    return `All ${parts.length} parts are stored`;
  },
  act: async () => undefined,
};

/** Whoever has opened theirs has no deadline: it is with them. */
function waitsFor(open: readonly Part[]): StepWaits {
  const unseen = open.filter(({ state }) => state !== 'shown');
  const whose = open.length === 1 ? 'their part' : 'their parts';
  const who = allOf(open.map(({ custodian }) => custodian.name));
  if (unseen.length === 0) return new StepWaits(`Waiting for ${who} to say where ${whose} ${open.length === 1 ? 'is' : 'are'} stored`);
  const ends = unseen.flatMap(({ expiresAt }) => (expiresAt ? [expiresAt.getTime()] : []));
  return new StepWaits(`Waiting for ${who} to store ${whose}`, { untilAt: ends.length > 0 ? new Date(Math.min(...ends)) : undefined });
}

/** `A`, `A and B`, `A, B and C`. */
const allOf = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((each) => each !== '').join(' and ');

/** A password can only be set outside of the unit. */
const startOf = ({ request: { plan } }: StepScene): StepId => plan.steps.find(({ id }) => id === 'leave-unit')?.id ?? 'set-credential';

export const removeKeys: Step = {
  async look(scene) {
    return (await othersThan(scene, new Set())).length === 0 ? 'Nothing opens it but the password in parts' : undefined;
  },
  async act(scene) {
    if ((await scene.parts()).some(({ state }) => state !== 'stored'))
      throw new StepStopped('PartsMissing', 'Not every part of the password is stored. No key was deleted.');
    // Custodians may take days, and without its keys nothing but these parts opens it.
    await checkPassword(scene);
    for (const method of await othersThan(scene, new Set())) await remove(scene, method);
    return undefined;
  },
};

/** Taking back a password that was to take the keys' place: what was seen of it opens nothing. Where keys may be gone it stays. */
export const withdrawPassword: Step = {
  look: async ({ request }) => (oldIsGone(request) ? 'The password stays, because keys may be gone already' : undefined),
  act: discardPassword,
};

/** Taking back: the old keys stay as they were. Where they may be gone already the new ones stay instead, or nobody could get in. */
export const withdrawKeys: Step = {
  async look(scene) {
    return (await toWithdraw(scene)).length === 0 ? 'No pass, and no key of this request, is left on it' : undefined;
  },
  async act(scene) {
    for (const method of await toWithdraw(scene)) await remove(scene, method);
    return undefined;
  },
};

async function toWithdraw(scene: StepScene): Promise<AuthenticationMethod[]> {
  const passes = await passesOf(scene);
  const keysAt = (await scene.parts()).flatMap(({ pass }) => (pass?.requestId === scene.request.id ? [pass.keysAtStart] : []));
  if (oldIsGone(scene.request) || keysAt.length === 0) return passes;
  // Those at the first pass: what was there before anything of this request was.
  const before = new Set(keysAt.reduce((least, keys) => (keys.length < least.length ? keys : least)));
  const methods = await scene.reader.methods(await scene.user());
  return methods.filter(({ kind, id }) => kind === PASS || (kind === 'fido2' && !before.has(id)));
}

async function remove({ writer, user }: StepScene, { kind, id }: AuthenticationMethod): Promise<void> {
  const objectId = await user();
  const method = REMOVABLE_METHODS.find((each) => each === kind);
  if (!method) {
    const words = `It has a sign-in method of kind ${kind}, which Breakglass cannot remove. Remove it in Entra, then try again.`;
    throw new StepStopped('MethodStays', words);
  }
  return writer.removeMethod(objectId, method, id);
}
