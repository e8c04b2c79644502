import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { TENANTS } from '../../sandbox/world.ts';
import { createInputs, has, SandboxProcess, text } from '../support/sandbox.ts';

/** What is outside: a mail server, and a peer that hears the dead-man pings. */
let mailServer: SMTPServer;
let outside: Server;
let sandbox: SandboxProcess;
const mails: string[] = [];
const pings: number[] = [];

beforeAll(async () => {
  mailServer = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, _session, done) {
      let data = '';
      stream.on('data', (chunk: Buffer) => {
        data += chunk.toString('utf8');
      });
      stream.on('end', () => {
        mails.push(data);
        done();
      });
    },
  });
  mailServer.listen(0, '127.0.0.1');
  await once(mailServer.server, 'listening');
  outside = createServer((call, response) => {
    call.resume();
    pings.push(performance.now());
    response.end();
  }).listen(0, '127.0.0.1');
  await once(outside, 'listening');
  const port = (peer: Pick<Server, 'address'>): string => String((peer.address() as AddressInfo).port);
  sandbox = new SandboxProcess({
    BREAKGLASS_SMTP_HOST: '127.0.0.1',
    BREAKGLASS_SMTP_PORT: port(mailServer.server),
    BREAKGLASS_SMTP_TLS: 'none',
    BREAKGLASS_MAIL_FROM: 'breakglass@contoso.example',
    BREAKGLASS_MAIL_TO: 'oncall@contoso.example',
    BREAKGLASS_DEAD_MAN_URL: `http://127.0.0.1:${port(outside)}/ping`,
    BREAKGLASS_DEAD_MAN_SECONDS: '1',
  });
  await sandbox.start();
});
afterAll(async () => {
  await sandbox.stop();
  await Promise.all([new Promise((resolve) => outside.close(resolve)), new Promise<void>((resolve) => mailServer.close(() => resolve()))]);
});

const until = async (what: string, met: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await met())) {
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${withinMs} ms`);
    await wait(50);
  }
};
const ready = async () => (await fetch(`${sandbox.botUrl}/readyz`)).status;

test('SI-3: it is ready once a heartbeat has gone all the way to the channel', async () => {
  await until('a heartbeat', async () => (await ready()) === 200);
  expect((await sandbox.messages('ann', 'channel')).filter(has('Breakglass is watching'))).toHaveLength(1);
});

test('SI-2: a frozen process is noticed outside: its pings stop, and come again when it goes on', async () => {
  await until('a ping', () => pings.length >= 2);
  sandbox.signal('SIGSTOP');
  // What was on its way arrives; then three more would have come.
  await until('the last ping', () => performance.now() - (pings.at(-1) ?? 0) > 1_500);
  const heard = pings.length;
  await wait(3_500);
  expect(pings).toHaveLength(heard);
  sandbox.signal('SIGCONT');
  await until('a ping after it went on', () => pings.length > heard);
});

test('AL-8: a sign-in while Teams takes nothing goes by mail within its minute; the channel hears of both when it is back', async () => {
  const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
  await sandbox.press('rita', messageId, 'create.submit', createInputs('ea-second-path'));
  const card = await sandbox.message('ann', 'channel', has('request.approve', 'ea-second-path'));
  await sandbox.press('ann', card.id, 'request.approve');
  await sandbox.press('bob', card.id, 'request.approve');
  await sandbox.message('ann', 'channel', (message) => message.id === card.id && /read back as planned/i.test(text(message)));

  await sandbox.teamsFault({ match: { path: '/v3/conversations' }, status: 503, times: 1_000 });
  const brought = () => (sandbox.log.match(/"signal\.accepted".*"events":[1-9]/g) ?? []).length;
  const before = brought();
  await sandbox.signIn(`ea-second-path@${TENANTS.contoso.initialDomain}`, 'wrong');
  await until('the webhook', () => brought() > before);
  await sandbox.advance('PT4M');
  await until('a mail', () => mails.some((mail) => /Subject: .*Cards did not reach this channel/.test(mail)));
  await sandbox.clearFaults();
  await sandbox.message('ann', 'channel', has('alert.acknowledge', 'ea-second-path'));
  await sandbox.advance('PT2M');
  await sandbox.message('ann', 'channel', has('Cards reach this channel again'));
  await until('a mail that it is over', () => mails.some((mail) => /Subject: .*Over: Cards reach/.test(mail)));
});
