import {
  AuthenticationHandler,
  Client,
  type GraphRequest,
  HTTPMessageHandler,
  type Middleware,
  RetryHandler,
  RetryHandlerOptions,
  TelemetryHandler,
} from '@microsoft/microsoft-graph-client';
import { asGraphFault, GraphFault } from './faults.ts';
import { bare, readsOver } from './reads.ts';

/** Anything that can fetch a token for Graph: every `@azure/identity` class, and the sandbox's own. */
export interface TokenSource {
  getToken(scope: string): Promise<{ readonly token: string } | null>;
}

export interface GraphSettings {
  /** Origin of Graph in the tenant's cloud, `https://graph.microsoft.com` in the global one. */
  readonly origin: string;
  readonly credential: TokenSource;
  /** The last link of the chain. Left out: real HTTPS. The sandbox maps the origin to loopback and refuses everything else. */
  readonly transport?: Middleware;
  /** Time limit of one call, retries included. */
  readonly timeoutMs: number;
}

/** The few verbs the product needs of Graph. Paths are relative to `/v1.0`; ids in them must be encoded with `id`. */
export interface Graph {
  readonly origin: string;
  get<T>(path: string): Promise<T>;
  /** `undefined` where Graph says 404. */
  find<T>(path: string): Promise<T | undefined>;
  /** Every page, in order; a next link that leaves Graph is a fault (GR-8). */
  list<T>(path: string): Promise<T[]>;
  post<T>(path: string, body: unknown): Promise<T>;
  patch(path: string, body: unknown): Promise<void>;
  /** What is gone already is no fault: after an answer that was lost, gone is what was wanted (GR-4). */
  remove(path: string): Promise<void>;
}

/** One path segment or filter value: unencoded `#`, `&` and `+` are silently cut or misread by Graph (graph facts, gotcha 2). */
export const id = (value: string): string => encodeURIComponent(value);
export const quoted = (value: string): string => encodeURIComponent(`'${value.replaceAll("'", "''")}'`);

/**
 * Graph client with the library's own middleware. Retries are ours: its defaults hold a call for nine minutes and repeat a POST whose
 * outcome is unknown. Redirects are not followed, so a token never goes anywhere else.
 */
export function graphClient({ origin, credential, transport, timeoutMs }: GraphSettings): Graph {
  const scope = `${origin}/.default`;
  const authentication = new AuthenticationHandler({
    async getAccessToken() {
      const token = await credential.getToken(scope);
      if (token === null) throw new Error('no token for Graph');
      return token.token;
    },
  });
  const retry = new RetryHandler(new RetryHandlerOptions(1, 2, mayRepeat));
  const telemetry = new TelemetryHandler();
  const last = transport ?? new HTTPMessageHandler();
  authentication.setNext(retry);
  retry.setNext(telemetry);
  telemetry.setNext(last);
  const client = Client.initWithMiddleware({
    middleware: authentication,
    baseUrl: `${origin}/`,
    defaultVersion: 'v1.0',
    fetchOptions: { redirect: 'error' },
  });

  /** One call within its time limit, whatever hangs: the connection, but also a token that does not come, or a wait between two tries (GR-7). */
  const call = async <T>(method: string, path: string, send: (request: GraphRequest) => Promise<T>): Promise<T> => {
    const operation = `${method} ${bare(path)}`;
    const signal = AbortSignal.timeout(timeoutMs);
    const over = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(lateAfter(operation, timeoutMs)), { once: true });
    });
    try {
      return await Promise.race([send(client.api(path).option('signal', signal)), over]);
    } catch (error) {
      throw asGraphFault(operation, error);
    }
  };
  const get = <T>(path: string): Promise<T> => call('GET', path, (request) => request.get() as Promise<T>);

  return {
    ...readsOver(origin, get),
    post: <T>(path: string, body: unknown) => call('POST', path, (request) => request.post(body) as Promise<T>),
    async remove(path) {
      try {
        await call('DELETE', path, async (request) => void (await request.delete()));
      } catch (error) {
        if (!(error instanceof GraphFault) || error.status !== 404) throw error;
      }
    },
    patch: (path, body) => call('PATCH', path, async (request) => void (await request.patch(body))),
  };
}

/**
 * 429 was not carried out, whatever the method; other failures only for reads, and a batch of ours holds nothing else (batch.ts). A long
 * Retry-After is the caller's to wait for.
 */
function mayRepeat(
  _delay: number,
  _attempt: number,
  request: unknown,
  options: { method?: string } | undefined,
  response: { status: number; headers: { get(name: string): string | null } },
): boolean {
  const method = options?.method ?? (request instanceof Request ? request.method : 'GET');
  const wait = Number(response.headers.get('Retry-After') ?? 1);
  if (wait > 5) return false;
  const address = request instanceof Request ? request.url : String(request);
  return response.status === 429 || method === 'GET' || address.endsWith('/$batch');
}

const lateAfter = (operation: string, ms: number): GraphFault =>
  new GraphFault(operation, { status: 0, code: 'TimeoutError', detail: `no answer within ${ms} ms` });
