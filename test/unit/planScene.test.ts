import { describe, expect, test } from '@jest/globals';
import { CustodyFault } from '../../src/app/custodyFault.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { Refusal } from '../../src/core/refusal.ts';
import type { Plan } from '../../src/core/request/types.ts';
import { no } from '../../src/core/result.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { LeaseLost, sceneOf } from '../../src/jobs/planScene.ts';
import type { StepScene } from '../../src/jobs/steps/step.ts';
import { anAccount, anAccountPlan, aPart, aPlan, aRequest, minutes, NOON, person } from '../support/builders.ts';
import { type Scenes, scenesOf } from '../support/stepScene.ts';

/** A new account, which only its name tells before it is made; and one that is known by its id. */
const NEW = aPlan();
const KNOWN = anAccountPlan('rotate');
const ACCOUNT = anAccount();
const MARKER = NEW.account.marker;
const NOT_OURS = (plan: Plan) => ({
  name: 'StepStopped',
  code: 'NotOurs',
  passing: false,
  message: `${plan.account.userPrincipalName} does not carry the marker of the request that made it.`,
});

/** The reads of users, in words, in order. */
function readings({ tenant }: Scenes): string[] {
  const { user, userByName, isDeleted } = tenant.reader;
  const reads: string[] = [];
  const told =
    <A>(call: string, read: (about: string) => Promise<A>) =>
    (about: string): Promise<A> => {
      reads.push(`${call} ${about}`);
      return read(about);
    };
  Object.assign(tenant.reader, {
    user: told('user', user),
    userByName: told('name', userByName),
    isDeleted: told('bin', isDeleted),
  });
  return reads;
}

describe('GR-3: which user is ours', () => {
  const newest = Buffer.alloc(32, 5);
  const older = Buffer.alloc(32, 6);
  const tagOf = async (key: Buffer, text = MARKER): Promise<string> => `${text}:${(await keyFileCustody(key).tags(text))[0]}`;

  test('is told by the plan’s marker with a tag of custody: the newest key’s is written, an older key’s is ours as well', async () => {
    const scene = scenesOf(NEW, keyFileCustody(newest, older)).scene('create-user');
    expect(await scene.marker()).toBe(await tagOf(newest));
    expect(await scene.isOurs(await tagOf(newest))).toBe(true);
    expect(await scene.isOurs(await tagOf(older))).toBe(true);
    for (const other of [MARKER, `${MARKER}:`, await tagOf(Buffer.alloc(32, 7)), await tagOf(newest, 'breakglass:R-OTHER1')])
      expect(await scene.isOurs(other)).toBe(false);
  });

  test('is none that has no marker, and the vault need not be there to tell that', async () => {
    const away = new CustodyFault('away', new Error('no answer'));
    const scene = scenesOf(NEW, { ...keyFileCustody(newest), tags: async () => Promise.reject(away) }).scene('create-user');
    expect(await scene.isOurs(undefined)).toBe(false);
    await expect(scene.isOurs(MARKER)).rejects.toBe(away);
    await expect(scene.marker()).rejects.toBe(away);
  });
});

describe('what an earlier step proved', () => {
  test('is told step by step, and not of one that proved nothing', () => {
    const scene = scenesOf(NEW).scene('assign-role', { proven: { 'create-user': 'User user-1 exists, disabled', exclude: 'Member' } });
    expect(scene.evidence('exclude')).toBe('Member');
    expect(scene.evidence('watch')).toBeUndefined();
    expect(scene.evidence('drop-password')).toBeUndefined();
  });
});

describe('the user of a step', () => {
  const proven = { 'create-user': 'User user-1 exists, disabled' };

  test('GR-3: of an account that exists is told by its id, whatever it is called now', async () => {
    const made = scenesOf(KNOWN);
    await made.ours({ userPrincipalName: 'renamed@example.org' });
    const reads = readings(made);
    expect((await made.scene('verify').userNow()).userPrincipalName).toBe('renamed@example.org');
    expect(await made.scene('verify').userIfThere()).toBe(ACCOUNT.objectId);
    expect(reads).toEqual([`user ${ACCOUNT.objectId}`, `user ${ACCOUNT.objectId}`]);
  });

  test('GR-3: of a new one is told by its name until its creation is proven, and then by its id', async () => {
    const made = scenesOf(NEW);
    await made.ours();
    const reads = readings(made);
    const { userPrincipalName } = NEW.account;
    expect(await made.scene('exclude').user()).toBe('user-1');
    expect(await made.scene('exclude').userIfThere()).toBe('user-1');
    expect(reads.splice(0)).toEqual([`name ${userPrincipalName}`, `name ${userPrincipalName}`]);
    expect(await made.scene('exclude', { proven }).user()).toBe('user-1');
    expect(await made.scene('exclude', { proven }).userIfThere()).toBe('user-1');
    expect(reads.splice(0)).toEqual(['user user-1', 'user user-1']);
    // Only the words of that proof name it.
    await made.scene('exclude', { proven: { 'create-user': 'No User mal exists' } }).user();
    expect(reads).toEqual([`name ${userPrincipalName}`]);
  });

  test('GR-3: stays the same within a step: found once by its name it is read by its id, and as an id not again', async () => {
    for (const first of ['userNow', 'userNowIfThere'] as const) {
      const made = scenesOf(NEW);
      await made.ours();
      const reads = readings(made);
      const scene = made.scene('exclude');
      await scene[first]();
      expect(await scene.user()).toBe('user-1');
      await scene.userNow();
      await scene.userNowIfThere();
      expect(reads).toEqual([`name ${NEW.account.userPrincipalName}`, 'user user-1', 'user user-1']);
    }
    // Found while it is looked whether it is there, it is known as well.
    const made = scenesOf(KNOWN);
    await made.ours();
    const reads = readings(made);
    const scene = made.scene('verify');
    await scene.userNowIfThere();
    await scene.user();
    expect(reads).toEqual([`user ${ACCOUNT.objectId}`]);
  });

  test('GR-3: without our marker is nobody’s to work with: the run stops, and says whose name it is about', async () => {
    for (const plan of [NEW, KNOWN]) {
      const made = scenesOf(plan);
      await made.ours({ marker: 'somebody else' });
      await expect(made.scene('exclude').userNow()).rejects.toMatchObject(NOT_OURS(plan));
      await expect(made.scene('exclude').user()).rejects.toMatchObject(NOT_OURS(plan));
      await expect(made.scene('exclude').ofUser(async () => 'asked')).rejects.toMatchObject(NOT_OURS(plan));
    }
    // Of an id that is ours it is not taken for gone; of a name it is: that user was never ours.
    const known = scenesOf(KNOWN);
    await known.ours({ marker: 'somebody else' });
    await expect(known.scene('disable').userIfThere()).rejects.toMatchObject(NOT_OURS(KNOWN));
    const named = scenesOf(NEW);
    await named.ours({ marker: 'somebody else' });
    expect(await named.scene('disable').userIfThere()).toBeUndefined();
  });

  test('GR-4: that cannot be read yet is waited for', async () => {
    for (const plan of [NEW, KNOWN])
      await expect(scenesOf(plan).scene('exclude').user()).rejects.toMatchObject({ passing: true, message: 'the user cannot be read yet' });
  });

  test('of a name that nobody has there is none', async () => {
    const scene = scenesOf(NEW).scene('disable');
    expect(await scene.userNowIfThere()).toBeUndefined();
    expect(await scene.userIfThere()).toBeUndefined();
    expect(await scene.ofUserIfThere(async () => 'asked')).toBeUndefined();
  });
});

describe('GR-4: a user that was there once and cannot be read', () => {
  const unread = { passing: true, code: 'NotReadable', message: 'the user can be read neither as there nor as deleted' };

  test('is gone when the recycle bin has it', async () => {
    const made = scenesOf(KNOWN);
    made.tenant.deleted.push({ objectId: ACCOUNT.objectId, userPrincipalName: ACCOUNT.userPrincipalName, at: 0 });
    expect(await made.scene('delete-user').userIfThere()).toBeUndefined();
  });

  test('else only when it was looked for longer than patience lasts, counted from when the step was begun', async () => {
    const made = scenesOf(KNOWN);
    made.tenant.deleted.push({ objectId: 'another', userPrincipalName: '', at: 0 });
    const look = () => made.scene('delete-user', { since: minutes(1) }).userIfThere();
    made.store.setClock(minutes(31));
    await expect(look()).rejects.toMatchObject(unread);
    made.store.setClock(new Date(minutes(31).getTime() + 1));
    expect(await look()).toBeUndefined();
  });

  test('is not taken for gone where nobody knows since when', async () => {
    const made = scenesOf(KNOWN);
    made.store.setClock(minutes(600));
    await expect(made.scene('delete-user').userIfThere()).rejects.toMatchObject(unread);
  });
});

describe('a question about the user', () => {
  /** Whether the question is asked before it is known that the user is ours; and what comes of it. */
  async function asked(made: Scenes, how: 'ofUser' | 'ofUserIfThere') {
    const scene = made.scene('exclude');
    const order: string[] = [];
    for (const call of ['user', 'userByName'] as const) {
      const read = made.tenant.reader[call];
      made.tenant.reader[call] = async (about) => {
        await new Promise(setImmediate);
        const user = await read(about);
        order.push('known');
        return user;
      };
    }
    const answer = await scene[how](async (objectId) => {
      order.push('asked');
      return `about ${objectId}`;
    });
    return { answer, order, scene };
  }

  test.each(['ofUser', 'ofUserIfThere'] as const)(
    '%s: travels with the reading where the id is known, and after it where it is not',
    async (how) => {
      const known = scenesOf(KNOWN);
      await known.ours();
      expect(await asked(known, how)).toMatchObject({ answer: `about ${ACCOUNT.objectId}`, order: ['asked', 'known'] });
      const fresh = scenesOf(NEW);
      await fresh.ours();
      expect(await asked(fresh, how)).toMatchObject({ answer: 'about user-1', order: ['known', 'asked'] });
    },
  );

  test('GR-5: has no answer where there is no such user, whatever the tenant said', async () => {
    const made = scenesOf(KNOWN);
    made.tenant.deleted.push({ objectId: ACCOUNT.objectId, userPrincipalName: '', at: 0 });
    expect((await asked(made, 'ofUserIfThere')).answer).toBeUndefined();
  });

  test('GR-3: has none about a user that is not ours', async () => {
    const made = scenesOf(KNOWN);
    await made.ours({ marker: 'somebody else' });
    await expect(asked(made, 'ofUserIfThere')).rejects.toMatchObject({ code: 'NotOurs' });
  });
});

describe('the account on record', () => {
  const parts = [aPart(1, 'dana'), aPart(2, 'eli')];

  test('is that of the plan, or the one this request put on record', async () => {
    const known = scenesOf(KNOWN);
    known.store.put('account', { ...ACCOUNT, parts });
    known.store.put('account', { ...ACCOUNT, id: 'EA-OTHER1', requestId: KNOWN.requestId });
    expect(await known.scene('store-parts').parts()).toEqual(parts);
    expect(await known.scene('store-parts').part(2)).toEqual(parts[1]);
    expect(await known.scene('store-parts').part(3)).toBeUndefined();
    const fresh = scenesOf(NEW);
    fresh.store.put('account', { ...ACCOUNT, id: 'EA-OTHER1', requestId: 'R-OTHER1' });
    fresh.store.put('account', { ...ACCOUNT, parts });
    expect(await fresh.scene('store-parts').parts()).toEqual(parts);
  });

  test('GR-2: a new one that nobody watches yet has nothing sealed for it: the run stops', async () => {
    const made = scenesOf(NEW);
    const unwatched = { code: 'NoAccount', passing: false, message: 'The account is not on the watch list.' };
    await expect(made.scene('set-credential').parts()).rejects.toMatchObject(unwatched);
    await expect(made.scene('set-credential').sealParts([Buffer.from('part')])).rejects.toMatchObject(unwatched);
    expect(made.sent).toEqual([]);
  });

  test('that is not on record any more has no parts', async () => {
    expect(await scenesOf(KNOWN).scene('store-parts').parts()).toEqual([]);
  });
});

describe('AP-9: what a step tells the door', () => {
  const lease = { requestId: KNOWN.requestId, fence: 3 };
  const key = { methodId: 'K1' };
  const pass = { methodId: 'T1', issuedAt: NOON, keysBefore: [], keysAtStart: [] };
  const told: readonly (readonly [string, (scene: StepScene) => Promise<void>, object])[] = [
    ['watch', (scene) => scene.watch('user-1', 'feed'), { kind: 'watch-account', ...lease, objectId: 'user-1', feed: 'feed' }],
    ['handOut', (scene) => scene.handOut(), { kind: 'hand-out-parts', ...lease }],
    ['recordKey', (scene) => scene.recordKey(2, key), { kind: 'record-key', ...lease, partNumber: 2, key }],
    [
      'sealPass',
      (scene) => scene.sealPass(2, Buffer.from('pass'), pass, minutes(60)),
      { kind: 'seal-pass', ...lease, partNumber: 2, sealed: expect.any(Buffer), pass, expiresAt: minutes(60) },
    ],
    [
      'sealParts',
      (scene) => scene.sealParts([Buffer.from('one'), Buffer.from('two')]),
      { kind: 'seal-parts', ...lease, sealed: [expect.any(Buffer), expect.any(Buffer)] },
    ],
  ];
  const refusing = (error: Refusal): Scenes => {
    const made = scenesOf(KNOWN);
    made.answer = () => no(error);
    return made;
  };

  test.each(told)('%s: is told by the worker under its lease; refused, the lease is lost', async (_call, tell, intent) => {
    const made = scenesOf(KNOWN);
    await tell(made.scene('verify'));
    expect(made.sent).toEqual([intent]);
    expect(made.senders).toEqual([{ kind: 'system', part: 'worker' }]);
    const lost = await tell(refusing({ code: 'stale-lease' }).scene('verify')).catch((error: unknown) => error);
    expect(lost).toBeInstanceOf(LeaseLost);
    expect(lost).toMatchObject({ message: 'stale-lease' });
  });

  test.each(told)(
    '%s: done before by this same run is done where nothing can be done twice, and else a refusal like any',
    async (call, tell) => {
      const again = tell(refusing({ code: 'nothing-to-do' }).scene('verify'));
      if (call === 'handOut' || call === 'recordKey') await expect(again).resolves.toBeUndefined();
      else await expect(again).rejects.toThrow(LeaseLost);
    },
  );

  const opened = async (sealed: Uint8Array, number: number, name: 'dana' | 'eli'): Promise<string> => {
    const context = partContext(`${ACCOUNT.id}:${number}`, person(name).objectId);
    return (await keyFileCustody(Buffer.alloc(32, 5)).open(Buffer.from(sealed), context)).toString();
  };
  const sealedIn = (intent: Intent | undefined): readonly Uint8Array[] =>
    intent?.kind === 'seal-parts' ? intent.sealed : intent?.kind === 'seal-pass' ? [intent.sealed] : [];

  test('CR-1 CR-3 CR-4: a part, and a pass, opens only in its place and for its custodian', async () => {
    const made = scenesOf(KNOWN);
    await made.scene('set-credential').sealParts([Buffer.from('one'), Buffer.from('two')]);
    await made.scene('set-credential').sealPass(2, Buffer.from('pass'), pass, minutes(60));
    const [one, two, sealedPass] = made.sent.flatMap(sealedIn) as [Uint8Array, Uint8Array, Uint8Array];
    expect([await opened(one, 1, 'dana'), await opened(two, 2, 'eli'), await opened(sealedPass, 2, 'eli')]).toEqual(['one', 'two', 'pass']);
    await expect(opened(one, 1, 'eli')).rejects.toThrow();
    await expect(opened(one, 2, 'dana')).rejects.toThrow();
  });

  test('CR-3: nothing is sealed for nobody', async () => {
    const made = scenesOf(KNOWN);
    const scene = made.scene('set-credential');
    await expect(scene.sealParts([1, 2, 3].map(() => Buffer.from('part')))).rejects.toThrow('more parts than custodians');
    for (const number of [0, 3]) await expect(scene.sealPass(number, Buffer.from('pass'), pass, NOON)).rejects.toThrow('a pass for nobody');
    expect(made.sent).toEqual([]);
  });
});

describe('the rest of a scene', () => {
  test('GR-6: reads and writes the tenant of the plan, and no other', () => {
    const made = scenesOf(KNOWN);
    const scene = made.scene('verify');
    expect([scene.reader, scene.writer]).toEqual([made.tenant.reader, made.tenant.writer]);
    expect(made.asked).toEqual([KNOWN.tenant.id, KNOWN.tenant.id]);
  });

  test('AP-3: has the request and the step as its run does', () => {
    const made = scenesOf(KNOWN);
    const request = aRequest({ plan: KNOWN });
    expect(sceneOf(made.needs, request, 'verify', () => undefined, 0)).toMatchObject({ request, step: 'verify' });
  });

  test('DA-6: has the time of the database', async () => {
    const made = scenesOf(KNOWN);
    made.store.setClock(minutes(7));
    expect(await made.scene('verify').now()).toEqual(minutes(7));
  });

  test('waits as it is told to, and really where it is not', async () => {
    const made = scenesOf(KNOWN);
    await made.scene('verify').pause(250);
    expect(made.waited).toEqual([250]);
    const { wait: _wait, ...needs } = made.needs;
    const scene = sceneOf(needs, aRequest({ plan: KNOWN }), 'verify', () => undefined, 0);
    const before = performance.now();
    await scene.pause(20);
    expect(performance.now() - before).toBeGreaterThan(15);
    expect(made.waited).toEqual([250]);
  });

  test('makes passwords of the wanted length, each another', () => {
    const scene = scenesOf(KNOWN).scene('verify');
    const [one, two] = [scene.newPassword(64), scene.newPassword(40)];
    expect([one.length, two.length]).toEqual([64, 40]);
    expect(one.subarray(0, 40).equals(two)).toBe(false);
  });
});
