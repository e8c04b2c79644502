import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** One DER element. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const size = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content);
const time = (at: string): Buffer => der(0x17, Buffer.from(at));

/** sha256WithRSAEncryption, 1.2.840.113549.1.1.11, and ecdsa-with-SHA256, 1.2.840.10045.4.3.2. */
const ALGORITHMS = {
  rsa: sequence(der(6, Buffer.from('2a864886f70d01010b', 'hex')), der(5)),
  ec: sequence(der(6, Buffer.from('2a8648ce3d040302', 'hex'))),
} as const;

/** Version 3 with one extension, subjectAltName: the names and the loopback address it is good for. */
function alternativeNames(hosts: readonly string[]): readonly Buffer[] {
  if (hosts.length === 0) return [];
  const names = hosts.map((host) => (host === '127.0.0.1' ? der(0x87, Buffer.from([127, 0, 0, 1])) : der(0x82, Buffer.from(host))));
  return [der(0xa3, sequence(sequence(der(6, Buffer.from('551d11', 'hex')), der(4, sequence(...names)))))];
}

/**
 * A self-signed certificate and its key, as operators keep them: one PEM file. Good until 2049. It vouches for nobody but itself.
 *
 * @param hosts what a TLS client may reach it under
 * @param kind of key; one of elliptic curves is there at once, RSA takes a moment
 */
export function selfSigned(
  commonName: string,
  hosts: readonly string[] = [],
  kind: 'rsa' | 'ec' = 'rsa',
): { readonly pem: string; readonly certificate: Buffer; readonly publicKey: KeyObject } {
  const { publicKey, privateKey } =
    kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = ALGORITHMS[kind];
  const name = sequence(der(0x31, sequence(der(6, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(commonName)))));
  const validity = sequence(time('260101000000Z'), time('491231235959Z'));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const extensions = alternativeNames(hosts);
  const version = extensions.length === 0 ? [] : [der(0xa0, der(2, Buffer.from([2])))];
  const body = sequence(...version, der(2, Buffer.from([1])), algorithm, name, validity, name, spki, ...extensions);
  const certificate = sequence(body, algorithm, der(3, Buffer.from([0]), sign('sha256', body, privateKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  const pem = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n${privateKey.export({ type: 'pkcs8', format: 'pem' })}`;
  return { pem, certificate, publicKey };
}
