import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

const TIMEOUT_MS = 10_000;

/**
 * One POST to exactly that address: no redirect is followed, the answer is not read (GR-8).
 *
 * @throws Error for whatever is not a success; its words name the status, never the address, which may be a secret
 */
export function postTo(url: URL, body: string, type: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  const send = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const call = send(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(body), 'user-agent': 'breakglass' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        agent: false,
      },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve();
        else reject(new Error(`the peer answered ${status}`));
      },
    );
    call.on('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
      reject(new Error(`the peer did not answer: ${code}`));
    });
    call.end(body);
  });
}
