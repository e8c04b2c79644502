import { CHANNEL, TEAM } from '../../sandbox/world.ts';
import { HONOURED_HERE, whereaboutsOf } from '../../src/bot/place.ts';
import { serviceUrlGuard } from '../../src/bot/serviceUrls.ts';

type Activity = Parameters<typeof whereaboutsOf>[0];
const OTHER = '19:other@thread.tacv2';
const inChannel = { conversationType: 'channel', isGroup: true, id: `${CHANNEL.id};messageid=1` };
const ours = { team: { id: TEAM.id }, channel: { id: CHANNEL.id } };
const where = (conversation: object, channelData: unknown = undefined) =>
  whereaboutsOf({ conversation, channelData } as unknown as Activity, { teamId: TEAM.id, channelId: CHANNEL.id });

describe('ID-6: where commands are honoured', () => {
  test.each([
    ['a post in the channel', inChannel, ours],
    ['the channel itself', { ...inChannel, id: CHANNEL.id }, ours],
  ])('%s is the channel', (_what, conversation, data) => {
    expect(where(conversation, data)).toBe('channel');
  });

  test.each([
    ['no data', { conversationType: 'personal', id: 'a:ann' }, undefined],
    ['a tenant', { conversationType: 'personal', id: 'a:ann', isGroup: false }, { tenant: { id: 'T' } }],
  ])('a personal chat with %s is one', (_what, conversation, data) => {
    expect(where(conversation, data)).toBe('personal');
  });

  test.each([
    ['another channel', inChannel, { ...ours, channel: { id: OTHER } }],
    ['another team', inChannel, { ...ours, team: { id: OTHER } }],
    ['no team', inChannel, { channel: ours.channel }],
    ['no channel', inChannel, { team: ours.team }],
    ['no data', inChannel, undefined],
    ['the conversation of another channel', { ...inChannel, id: `${OTHER};messageid=1` }, ours],
    ['a conversation that begins like ours', { ...inChannel, id: `${CHANNEL.id}x;messageid=1` }, ours],
    ['a conversation that names ours later', { ...inChannel, id: `${OTHER};${CHANNEL.id}` }, ours],
    ['a group chat', { ...inChannel, conversationType: 'groupChat' }, ours],
    ['no kind of conversation', { ...inChannel, conversationType: undefined }, ours],
    ['a kind that is a list', { ...inChannel, conversationType: ['channel'] }, ours],
    ['a personal chat that names a team', { conversationType: 'personal', id: 'a:ann' }, { team: ours.team }],
    ['a personal chat that names a channel', { conversationType: 'personal', id: 'a:ann' }, { channel: ours.channel }],
    ['a personal chat that names a team by a number', { conversationType: 'personal', id: 'a:ann' }, { team: { id: 7 } }],
    ['a personal chat of a group', { conversationType: 'personal', id: 'a:ann', isGroup: true }, undefined],
  ])('%s is elsewhere', (_what, conversation, data) => {
    expect(where(conversation, data)).toBe('elsewhere');
  });

  test('and what is said elsewhere names both places', () => {
    expect(HONOURED_HERE).toMatch(/security channel.*personal chats/);
  });
});

describe('AU-3 AU-4: service addresses', () => {
  const guard = serviceUrlGuard(['https://smba.example.net/', 'http://127.0.0.1:3980']);
  test.each(['https://smba.example.net', 'https://smba.example.net/', 'https://smba.example.net/emea/?a=b#c', 'http://127.0.0.1:3980/x'])(
    '%s is on the list',
    (url) => {
      expect(guard(url)).toBe(true);
    },
  );

  test('512 characters are read, more are not', () => {
    const url = 'https://smba.example.net/';
    expect(guard(url.padEnd(512, 'x'))).toBe(true);
    expect(guard(url.padEnd(513, 'x'))).toBe(false);
  });

  test.each([
    ['http://smba.example.net/'],
    ['https://smba.example.net.evil.example/'],
    ['https://smba.example.netx/'],
    ['https://evil.example/https://smba.example.net'],
    ['https://smba.example.net@evil.example/'],
    ['https://user:pass@smba.example.net/'],
    ['https://user@smba.example.net/'],
    ['https://smba.example.net:8443/'],
    ['https://smba.example.net:443/'],
    ['https://smba.example.net?x=/'],
    ['https://smba.example.net#/'],
    ['HTTPS://smba.example.net/'],
    ['https://SMBA.example.net/'],
    ['http://2130706433:3980/'],
    ['http://127.1:3980/'],
    ['http://127.0.0.1:3981/'],
    [' https://smba.example.net/'],
    ['https://smba.example.net/ '],
    ['https://smba.example.net/a\nb'],
    ['https://smba.example.net/a\tb'],
    ['https://smba.example.net/\\@evil.example/'],
    ['//smba.example.net/'],
    ['smba.example.net'],
    [''],
    [undefined],
    [null],
    [7],
    [['https://smba.example.net/']],
    [new URL('https://smba.example.net/')],
  ])('%j is not', (url) => {
    expect(guard(url)).toBe(false);
  });

  test('an empty list lets nothing pass', () => {
    expect(serviceUrlGuard([])('https://smba.example.net/')).toBe(false);
  });
});
