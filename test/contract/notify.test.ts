import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { selfSigned } from '../../sandbox/certificate.ts';
import type { Notice } from '../../src/app/ports.ts';
import { deadMan } from '../../src/notify/deadMan.ts';
import { mailPath } from '../../src/notify/mail.ts';
import { pagePath } from '../../src/notify/page.ts';
import { secondPaths } from '../../src/notify/paths.ts';
import { NOON } from '../support/builders.ts';

const NOTICE: Notice = {
  alertId: 'AL-9B5C7D',
  does: 'trigger',
  severity: 'critical',
  subject: '[Breakglass] CRITICAL: Somebody signed in – north.harbor@contoso.example\r\nBcc: all@contoso.example',
  lines: ['Somebody signed in', '.', 'What to do now: revoke its sessions – now'],
  at: NOON,
};
const { pem } = selfSigned('mail.test', ['127.0.0.1']);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('AL-8: mail, over SMTP to a real server', () => {
  let received: { from: string; to: string[]; data: string; secure: boolean; user: string }[];

  async function mailServer(options: SMTPServerOptions = {}): Promise<number> {
    const server = new SMTPServer({
      key: pem,
      cert: pem,
      authOptional: true,
      onAuth: ({ username, password }, _session, done) =>
        password === 'right' ? done(null, { user: username ?? '' }) : done(new Error('no')),
      onRcptTo: ({ address }, _session, done) => done(address.startsWith('nobody') ? new Error('no such user') : null),
      onData(stream, session, done) {
        let data = '';
        stream.on('data', (chunk: Buffer) => {
          data += chunk.toString('utf8');
        });
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          received.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            data,
            secure: session.secure,
            user: String(session.user ?? ''),
          });
          done();
        });
      },
      ...options,
    });
    server.on('error', () => undefined); // a client that hangs up in the middle is what some of these tests are about
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    return (server.server.address() as AddressInfo).port;
  }
  const settings = {
    host: '127.0.0.1',
    tls: 'required',
    from: 'alerts@contoso.example',
    to: ['oncall@contoso.example', 'soc@contoso.example'],
    authorities: pem,
  } as const;

  beforeEach(() => {
    received = [];
  });

  test('goes to everybody named, under TLS, signed in, as text, and no header comes out of a subject', async () => {
    await mailPath({ ...settings, port: await mailServer(), user: 'breakglass', password: 'right' })(NOTICE);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ from: settings.from, to: settings.to, secure: true, user: 'breakglass' });
    const { data = '' } = received[0] ?? {};
    expect(data).toMatch(/^Content-Type: text\/plain; charset=utf-8/im);
    expect(data).not.toMatch(/^Bcc:/im);
    expect(data).toMatch(/^References: <AL-9B5C7D@contoso\.example>/im);
    expect(data).toMatch(/^Importance: high/im);
  });

  test('without the TLS it requires, or under a certificate it does not know, nothing is said', async () => {
    const clear = await mailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    await expect(mailPath({ ...settings, port: clear })(NOTICE)).rejects.toThrow();
    const { authorities: _none, ...unknown } = settings;
    await expect(mailPath({ ...unknown, port: await mailServer() })(NOTICE)).rejects.toThrow();
    expect(received).toEqual([]);
  });

  test('refused, in part or as a whole, it is a fault that is tried again', async () => {
    const port = await mailServer();
    await expect(mailPath({ ...settings, port, user: 'breakglass', password: 'wrong' })(NOTICE)).rejects.toThrow();
    await expect(mailPath({ ...settings, port, to: ['oncall@contoso.example', 'nobody@contoso.example'] })(NOTICE)).rejects.toThrow(
      '1 of 2',
    );
    await mailPath({ ...settings, port: await mailServer({ secure: true }), tls: 'implicit' })(NOTICE);
    expect(received.at(-1)?.secure).toBe(true);
  });
});

describe('AL-8: pages and pings, over HTTP to a real peer', () => {
  let calls: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[];
  let status: number;
  let base: string;

  beforeEach(async () => {
    calls = [];
    status = 202;
    const server: Server = createServer((call, response) => {
      let body = '';
      call.on('data', (chunk: Buffer) => {
        body += chunk.toString('utf8');
      });
      call.on('end', () => {
        calls.push({ method: call.method ?? '', path: call.url ?? '', headers: call.headers, body });
        // Two calls: restify, which another suite may have loaded into this process, makes the first one give nothing back.
        response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {});
        response.end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  test('PagerDuty gets an event of version 2; acknowledging and ending an alert do the same to its page', async () => {
    const page = pagePath({ url: `${base}/v2/enqueue`, shape: 'pagerduty', key: 'a-routing-key' });
    for (const does of ['trigger', 'acknowledge', 'resolve'] as const) await page({ ...NOTICE, does });
    expect(calls.map(({ path }) => path)).toEqual(Array(3).fill('/v2/enqueue'));
    const events = calls.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(events.map(({ event_action, dedup_key }) => [event_action, dedup_key])).toEqual(
      ['trigger', 'acknowledge', 'resolve'].map((does) => [does, 'breakglass-AL-9B5C7D']),
    );
    expect(events[0]).toMatchObject({
      routing_key: 'a-routing-key',
      payload: { severity: 'critical', source: 'breakglass', timestamp: NOON.toISOString() },
    });
  });

  test('anything else gets the notice as JSON, with its key as a bearer token', async () => {
    await pagePath({ url: `${base}/hook`, shape: 'json', key: 'a-token' })(NOTICE);
    expect(calls[0]).toMatchObject({ method: 'POST', path: '/hook', headers: { authorization: 'Bearer a-token' } });
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ ...NOTICE, at: NOON.toISOString() });
  });

  test.each([302, 400, 500])('GR-8: %i is a fault; no redirect is followed, and neither key nor address is in its words', async (code) => {
    status = code;
    const told = pagePath({ url: `${base}/secret-path`, shape: 'json', key: 'a-token' })(NOTICE);
    await expect(told).rejects.toThrow(String(code));
    await told.catch((error: unknown) => expect(String(error)).not.toMatch(/secret-path|a-token/));
    expect(calls).toHaveLength(1);
  });

  test('SI-2: the dead-man ping is an empty post; a peer that is gone is a fault', async () => {
    status = 200;
    await deadMan(`${base}/ping/uuid`, 60).ping();
    expect(calls).toMatchObject([{ method: 'POST', path: '/ping/uuid', body: '' }]);
    await expect(deadMan('http://127.0.0.1:9/ping', 60).ping()).rejects.toThrow('did not answer');
  });
});

describe('what the settings set up', () => {
  const none = { smtpPort: 587, smtpTls: 'required', pagingShape: 'pagerduty' } as const;

  test('is nothing, one way or both; a key file that is missing or empty stops the start and is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'breakglass-notify-'));
    closing.push(async () => rmSync(folder, { recursive: true }));
    const key = join(folder, 'key');
    writeFileSync(key, 'a-routing-key\n');
    expect(Object.keys(secondPaths(none))).toEqual([]);
    expect(Object.keys(secondPaths({ ...none, pagingUrl: 'https://events.pagerduty.com/v2/enqueue', pagingKeyFile: key }))).toEqual([
      'page',
    ]);
    const mail = { smtpHost: 'mail.contoso.example', mailFrom: 'a@contoso.example', mailTo: ['b@contoso.example'] };
    expect(Object.keys(secondPaths({ ...none, ...mail, smtpUser: 'a', smtpPasswordFile: key }))).toEqual(['mail']);
    writeFileSync(key, ' \n');
    for (const pagingKeyFile of [key, join(folder, 'no such file')]) {
      expect(() => secondPaths({ ...none, pagingUrl: 'https://x.example/', pagingKeyFile })).toThrow('BREAKGLASS_PAGING_KEY_FILE');
    }
  });
});
