import type { RemovableMethod } from '../core/posture/check.ts';
import { type Graph, id } from './client.ts';

/** Each kind of method is deleted from a collection of its own; the paths are written out so that no input can choose one. */
export const methodRemovals = (graph: Graph): { readonly [M in RemovableMethod]: (user: string, method: string) => Promise<void> } => ({
  fido2: (user, method) => graph.remove(`/users/${id(user)}/authentication/fido2Methods/${id(method)}`),
  phone: (user, method) => graph.remove(`/users/${id(user)}/authentication/phoneMethods/${id(method)}`),
  email: (user, method) => graph.remove(`/users/${id(user)}/authentication/emailMethods/${id(method)}`),
  microsoftAuthenticator: (user, method) => graph.remove(`/users/${id(user)}/authentication/microsoftAuthenticatorMethods/${id(method)}`),
  softwareOath: (user, method) => graph.remove(`/users/${id(user)}/authentication/softwareOathMethods/${id(method)}`),
  temporaryAccessPass: (user, method) => graph.remove(`/users/${id(user)}/authentication/temporaryAccessPassMethods/${id(method)}`),
  windowsHelloForBusiness: (user, method) => graph.remove(`/users/${id(user)}/authentication/windowsHelloForBusinessMethods/${id(method)}`),
  platformCredential: (user, method) => graph.remove(`/users/${id(user)}/authentication/platformCredentialMethods/${id(method)}`),
});
