import { channelDataText, deliveryKey, type Inbound, kindOf } from '../../src/bot/inbound.ts';

type Activity = Parameters<typeof kindOf>[0];
const WHOLE = { id: 'A-1', type: 'message', from: { id: '29:ann' }, recipient: { id: '28:bot' }, conversation: { id: '19:c' } };
const kind = (more: Record<string, unknown> = {}): string => kindOf({ ...WHOLE, ...more } as unknown as Activity);

describe('AU-6: what the channel may send', () => {
  test.each(['message', 'invoke', 'installationUpdate', 'conversationUpdate'])('%s is served', (type) => {
    expect(kind({ type })).toBe('serve');
  });

  test.each(['messageReaction', 'messageUpdate', 'messageDelete', 'typing', 'event', 'endOfConversation'])(
    'CM-1: %s is passed over, whole or not: an edited message is no command',
    (type) => {
      expect(kind({ type })).toBe('pass-over');
      expect(kindOf({ type } as Activity)).toBe('pass-over');
    },
  );

  test.each([['handoff'], ['trace'], ['command'], [''], ['Invoke'], ['Message'], [undefined], [null], [7], [['message']]])(
    'type %j is refused',
    (type) => {
      expect(kind({ type })).toBe('refuse');
    },
  );

  test('ordinary delivery is served, named or not', () => {
    expect([kind({ deliveryMode: undefined }), kind({ deliveryMode: 'normal' })]).toEqual(['serve', 'serve']);
  });

  test.each([['expectReplies'], ['notification'], ['ephemeral'], ['stream'], ['Normal'], [''], [null], [['normal']], [7]])(
    'delivery mode %j is refused, for any type',
    (deliveryMode) => {
      expect(kind({ deliveryMode })).toBe('refuse');
      expect(kind({ deliveryMode, type: 'typing' })).toBe('refuse');
    },
  );

  describe.each([
    ['activity', (id: unknown) => ({ id })],
    ['sender', (id: unknown) => ({ from: { id } })],
    ['recipient', (id: unknown) => ({ recipient: { id } })],
    ['conversation', (id: unknown) => ({ conversation: { id } })],
  ])('the id of the %s', (_what, withId) => {
    test.each([[undefined], [null], [''], [7], [['x']], ['a\0b'], ['a\ud800'], ['x'.repeat(513)]])('%j is refused', (id) => {
      expect(kind(withId(id))).toBe('refuse');
    });
    test('512 characters are taken', () => {
      expect(kind(withId('x'.repeat(512)))).toBe('serve');
    });
  });

  test.each(['id', 'from', 'recipient', 'conversation'])('without %s it is refused', (name) => {
    expect(kind({ [name]: undefined })).toBe('refuse');
  });
});

describe('ID-2 ID-6: a field of the channel’s data', () => {
  const text = (channelData: unknown, ...path: readonly string[]) => channelDataText({ channelData } as Activity, ...path);
  test('is its text', () => {
    expect(text({ team: { id: '19:t' } }, 'team', 'id')).toBe('19:t');
    expect(text('plain')).toBe('plain');
  });

  test.each([
    [undefined],
    [null],
    ['text'],
    [7],
    [{}],
    [{ team: undefined }],
    [{ team: null }],
    [{ team: 'x' }],
    [{ team: {} }],
    [{ team: { id: null } }],
  ])('in %j it is not named', (channelData) => {
    expect(text(channelData, 'team', 'id')).toBeUndefined();
  });

  test.each([[7], [true], [['19:t']], [{ id: '19:t' }], ['']])('%j is named, and is nothing of ours', (id) => {
    expect(text({ team: { id } }, 'team', 'id')).toBe('');
  });
});

test('AU-7: a delivery is its conversation and its activity', () => {
  expect(deliveryKey(WHOLE as unknown as Inbound)).toBe('19:c|A-1');
});
