import { ConnectorClient, TeamsConnectorClient } from 'botframework-connector';
import { sandboxClock } from '../../sandbox/clock.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { startTeams, type TeamsServer } from '../../sandbox/teams/server.ts';
import { CHANNEL, HOME_TENANT, PEOPLE, TEAM } from '../../sandbox/world.ts';

// The SDK's own client is the Connector's only caller: what it cannot send or read is not a Connector.
type Credentials = ConstructorParameters<typeof ConnectorClient>[0];
type Request = Parameters<Credentials['signRequest']>[0];

const credentials: Credentials = {
  async signRequest(request: Request) {
    request.headers.set('authorization', 'Bearer good');
    return request;
  },
};

let teams: TeamsServer;
let connector: ConnectorClient;

beforeAll(async () => {
  teams = await startTeams({
    port: 0,
    documents: openDocuments(':memory:'),
    clock: sandboxClock(),
    botEndpoint: 'http://127.0.0.1:9/api/messages',
    verifyBotToken: async (token) => {
      if (token !== 'good') throw new Error('not valid');
    },
    tenantUrl: 'http://127.0.0.1:3979',
  });
  connector = new ConnectorClient(credentials, { baseUri: teams.serviceUrl, noRetryPolicy: true });
});

afterAll(async () => {
  await teams.close();
});

test('posts to the channel, answers in the thread, updates and deletes', async () => {
  const { conversations } = connector;
  const created = await conversations.createConversation({
    isGroup: true,
    channelData: { channel: { id: CHANNEL.id } },
    activity: { type: 'message', text: 'post' },
  } as Parameters<typeof conversations.createConversation>[0]);
  expect(created.id).toBe(`${CHANNEL.id};messageid=${created.activityId}`);
  const answer = await conversations.replyToActivity(created.id, created.activityId, { type: 'message', text: 'answer' });
  expect(answer.id).toMatch(/^\d+$/);
  expect((await conversations.updateActivity(created.id, answer.id, { type: 'message', text: 'better' })).id).toBe(answer.id);
  await conversations.deleteActivity(created.id, answer.id);
  await expect(conversations.updateActivity(created.id, answer.id, { type: 'message', text: 'gone' })).rejects.toMatchObject({
    statusCode: 404,
  });
});

test('opens a personal chat and writes to it', async () => {
  const { conversations } = connector;
  const members = [{ id: PEOPLE.dana.mri, name: '' }];
  const created = await conversations.createConversation({ members, tenantId: HOME_TENANT.id, isGroup: false } as Parameters<
    typeof conversations.createConversation
  >[0]);
  expect((await conversations.sendToConversation(created.id, { type: 'message', text: 'your part' })).id).toBeDefined();
});

test('reads the roster, a member, the team and its channels', async () => {
  const { conversations } = connector;
  expect((await conversations.getConversationPagedMembers(CHANNEL.id)).members).toHaveLength(11);
  expect(await conversations.getConversationMember(CHANNEL.id, PEOPLE.ann.mri)).toMatchObject({
    id: PEOPLE.ann.mri,
    aadObjectId: PEOPLE.ann.objectId,
  });
  const { teams: operations } = new TeamsConnectorClient(credentials, { baseUri: teams.serviceUrl });
  expect(await operations.fetchTeamDetails(TEAM.id)).toMatchObject({ id: TEAM.id, name: TEAM.name });
  expect((await operations.fetchChannelList(TEAM.id)).conversations).toContainEqual({ id: CHANNEL.id, name: CHANNEL.name });
});
