import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exportJWK, jwtVerify, SignJWT } from 'jose';
import { selfSigned } from '../../sandbox/certificate.ts';
import { type Begun, begin, bindingOf, newTicket } from '../../src/proof/binding.ts';
import { checkCertificate, openSignIn, type ProofCredential, type SignIn, type SignInSettings } from '../../src/proof/signIn.ts';

const TENANT = '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c01';
const CLIENT = 'b07b07b0-0000-4000-8000-00000000b005';
const ANN = '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b03';
const ISSUER = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const CALLBACK = 'https://breakglass.contoso.example/prove/callback';

const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const own = selfSigned('breakglass-proof');

/** A login server of one tenant that answers whatever a test wants. */
let server: Server;
let loginOrigin: string;
const asked: URLSearchParams[] = [];
let idToken: () => Promise<string>;
let answer: { status: number; body: unknown; location?: string } | undefined;
let redirected = 0;

const now = (): number => Math.floor(Date.now() / 1000);
const signed = (claims: Record<string, unknown>, signer = key.privateKey, alg = 'RS256'): Promise<string> =>
  new SignJWT({
    iss: ISSUER,
    aud: CLIENT,
    sub: 's',
    iat: now(),
    exp: now() + 3_600,
    tid: TENANT,
    oid: ANN,
    auth_time: now(),
    ...claims,
  })
    .setProtectedHeader({ alg, kid: 'k1' })
    .sign(signer);

beforeAll(async () => {
  const jwk = { ...(await exportJWK(key.publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' };
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const json = (status: number, body: unknown, headers = {}): void => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(body));
      };
      if (request.url === '/elsewhere') {
        redirected += 1;
        json(200, {});
      } else if (request.url === `/${TENANT}/discovery/v2.0/keys`) json(200, { keys: [jwk] });
      else {
        asked.push(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
        if (answer) json(answer.status, answer.body, answer.location ? { location: answer.location } : {});
        else void idToken().then((id_token) => json(200, { token_type: 'Bearer', access_token: 'a', expires_in: 60, id_token }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  loginOrigin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const settings = (credential: ProofCredential, more: Partial<SignInSettings> = {}): SignInSettings => ({
  tenantId: TENANT,
  clientId: CLIENT,
  credential,
  issuer: ISSUER,
  loginOrigin,
  minutes: 5,
  loopbackHttp: true,
  ...more,
});

let begun: Begun;
beforeEach(() => {
  asked.length = 0;
  answer = undefined;
  begun = begin(newTicket());
  idToken = () => signed({ nonce: bindingOf(begun).nonce });
});
const finish = (signIn: SignIn, query = `code=c&state=${bindingOf(begun).state}`) =>
  signIn.finish(new URL(`${CALLBACK}?${query}`), bindingOf(begun));

describe('with a secret', () => {
  let signIn: SignIn;
  beforeAll(async () => {
    signIn = await openSignIn(settings({ type: 'secret', secret: 'hunter2' }));
  });

  test('AU-9: the code goes with verifier, address and secret; who signed in comes back', async () => {
    expect(await finish(signIn)).toEqual({ ok: true, value: { objectId: ANN, at: expect.any(Date) } });
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      grant_type: 'authorization_code',
      code: 'c',
      redirect_uri: CALLBACK,
      code_verifier: bindingOf(begun).verifier,
      client_id: CLIENT,
      client_secret: 'hunter2',
    });
    const to = await signIn.begin(bindingOf(begun), CALLBACK);
    const challenge = createHash('sha256').update(bindingOf(begun).verifier).digest('base64url');
    expect(to.searchParams.get('code_challenge')).toBe(challenge);
    expect(to.searchParams.has('claims')).toBe(false);
  });

  test('AU-9: an id token that another key signed is refused, though the login server handed it out', async () => {
    idToken = () => signed({ nonce: bindingOf(begun).nonce }, other.privateKey);
    expect((await finish(signIn)).ok).toBe(false);
    idToken = () => signed({ nonce: bindingOf(begun).nonce }, key.privateKey, 'PS256');
    expect((await finish(signIn)).ok).toBe(false);
  });

  test('AU-9: a wrong state, a refusal of the login page or a doubled parameter never reach the token endpoint', async () => {
    const { state } = bindingOf(begun);
    for (const query of [
      '',
      'code=c',
      `code=c&state=x`,
      `error=access_denied&state=${state}`,
      `code=c&state=${state}&state=x`,
      `code=c&code=d&state=${state}`,
    ]) {
      expect({ query, ok: (await finish(signIn, query)).ok }).toEqual({ query, ok: false });
    }
    expect(asked).toEqual([]);
  });

  test('AU-4, AU-9: no redirect is followed with the secret; what the login server says is told to nobody', async () => {
    answer = { status: 307, body: {}, location: `${loginOrigin}/elsewhere` };
    expect((await finish(signIn)).ok).toBe(false);
    expect(redirected).toBe(0);
    answer = { status: 400, body: { error: 'invalid_grant', error_description: 'secret words' } };
    expect(await finish(signIn)).toEqual({ ok: false, error: 'login-invalid_grant' });
  });

  test('AU-9: an answer without an id token, or with the wrong kind of claims, proves nothing', async () => {
    const { nonce } = bindingOf(begun);
    for (const claims of [
      { tid: randomUUID() },
      { oid: ANN.toUpperCase() },
      { oid: 7 },
      { auth_time: 'now' },
      { auth_time: now() - 400 },
    ]) {
      idToken = () => signed({ nonce, ...claims });
      expect({ claims, ok: (await finish(signIn)).ok }).toEqual({ claims, ok: false });
    }
    answer = { status: 200, body: { token_type: 'Bearer', access_token: 'a' } };
    expect((await finish(signIn)).ok).toBe(false);
  });
});

test('AU-9: the authentication context is asked for and must be met; a list that holds it is enough', async () => {
  const signIn = await openSignIn(settings({ type: 'secret', secret: 's' }, { authenticationContext: 'c1' }));
  const { nonce } = bindingOf(begun);
  for (const [acrs, ok] of [
    [['c1'], true],
    [['c2', 'c1'], true],
    ['c1', true],
    [['c2'], false],
    [undefined, false],
    ['c10', false],
  ] as const) {
    idToken = () => signed({ nonce, acrs });
    expect({ acrs, ok: (await finish(signIn)).ok }).toEqual({ acrs, ok });
  }
});

test('AU-9: with a certificate the assertion is signed by it, names it by SHA-256 and is made out to the token endpoint', async () => {
  const signIn = await openSignIn(settings({ type: 'certificate', pem: own.pem }));
  expect((await finish(signIn)).ok).toBe(true);
  expect(asked[0]?.has('client_secret')).toBe(false);
  const assertion = asked[0]?.get('client_assertion') ?? '';
  const { payload, protectedHeader } = await jwtVerify(assertion, own.publicKey, { algorithms: ['PS256'] });
  expect(protectedHeader['x5t#S256']).toBe(createHash('sha256').update(own.certificate).digest('base64url'));
  expect(payload).toMatchObject({ iss: CLIENT, sub: CLIENT, aud: `${loginOrigin}/${TENANT}/oauth2/v2.0/token` });
});

test('AU-9: a file without key, without certificate, or with two that do not belong together is refused at start', () => {
  const [certificate = '', privateKey = ''] = own.pem.split(/(?<=-----END CERTIFICATE-----\n)/);
  const foreign = selfSigned('other').pem.split(/(?<=-----END CERTIFICATE-----\n)/)[1] ?? '';
  expect(() => checkCertificate(own.pem)).not.toThrow();
  for (const pem of ['', certificate, privateKey, certificate + foreign]) expect(() => checkCertificate(pem)).toThrow();
});

test('ST-3, AU-9: http is for loopback only, and only where the sandbox asks for it', async () => {
  const credential = { type: 'secret', secret: 's' } as const;
  await expect(openSignIn(settings(credential, { loginOrigin: 'http://login.example' }))).rejects.toThrow('loopback only');
  const { loopbackHttp: _allowed, ...strict } = settings(credential);
  const signIn = await openSignIn(strict);
  await expect(signIn.begin(bindingOf(begun), CALLBACK)).rejects.toThrow();
  expect((await finish(signIn)).ok).toBe(false);
  expect(asked).toEqual([]);
});
