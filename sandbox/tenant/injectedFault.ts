import type { Fault } from './faults.ts';
import { GraphFault } from './graphFault.ts';
import { NOT_PREMIUM } from './signInGate.ts';

const WORDS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['BadRequest', 'Bad request.'],
  401: ['InvalidAuthenticationToken', 'Access token has expired or is not yet valid.'],
  403: ['Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'],
  404: ['Request_ResourceNotFound', 'Resource does not exist or one of its queried reference-property objects are not present.'],
  409: [
    'Request_MultipleObjectsWithSameKeyValue',
    'A conflicting object with one or more of the specified property values is present in the directory.',
  ],
  429: ['TooManyRequests', 'Please retry again later.'],
  500: ['InternalServerError', 'An internal server error occurred. The operation failed.'],
  502: ['BadGateway', 'Bad gateway.'],
  503: ['ServiceUnavailable', 'The service is temporarily unavailable.'],
  504: ['GatewayTimeout', 'The server, while acting as a proxy, did not receive a timely response from the upstream server.'],
};

/** The error a fault answers with. */
export function injectedFault(fault: Fault): GraphFault {
  const status = fault.status ?? 503;
  const [code, message] = WORDS[status] ?? ['UnknownError', 'An error was injected by the sandbox.'];
  return new GraphFault(status, fault.code ?? code, fault.code === NOT_PREMIUM.code ? NOT_PREMIUM.message : message);
}
