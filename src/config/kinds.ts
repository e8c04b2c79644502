import { Secret } from './secret.ts';

export type Mode = 'production' | 'sandbox';
/** A setting's value, or what is wrong with the text. A problem never repeats the text: it may be a secret in the wrong place. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** How the text of a setting becomes a value. `type` is what the documentation calls it. */
export interface Kind<T> {
  readonly type: string;
  readonly secret?: true;
  read(text: string, mode: Mode): Read<T>;
}

export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NO_GUID = '00000000-0000-0000-0000-000000000000';
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether a server that listens on this address is reached from this machine only. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host.toLowerCase()) || /^127(?:\.\d{1,3}){3}$/.test(host);

const ok = <T>(value: T): Read<T> => ({ ok: true, value });
const no = (problem: string): { readonly ok: false; readonly problem: string } => ({ ok: false, problem });

export const text: Kind<string> = { type: 'text', read: (value) => ok(value) };
export const path: Kind<string> = { type: 'path', read: (value) => ok(value) };
export const secret: Kind<Secret> = { type: 'text', secret: true, read: (value) => ok(new Secret(value)) };

export const guid: Kind<string> = {
  type: 'GUID',
  read: (value) => (GUID.test(value) && value !== NO_GUID ? ok(value.toLowerCase()) : no('must be a GUID, such as the portal shows it')),
};

export const flag: Kind<boolean> = {
  type: 'true or false',
  read: (value) => (value === 'true' || value === 'false' ? ok(value === 'true') : no('must be true or false')),
};

export function integer(least: number, most: number): Kind<number> {
  return {
    type: `${least} to ${most}`,
    read(value) {
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
      return number >= least && number <= most ? ok(number) : no(`must be a whole number from ${least} to ${most}`);
    },
  };
}

export function choice<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    type: values.join(', '),
    read(value) {
      const found = values.find((each) => each === value);
      return found === undefined ? no(`must be one of ${values.join(', ')}`) : ok(found);
    },
  };
}

export const attributeName: Kind<string> = {
  type: 'attribute',
  read: (value) =>
    /^[A-Za-z][A-Za-z0-9_.]{0,127}$/.test(value) ? ok(value) : no('must be the name of an attribute of a user in Microsoft Graph'),
};

/** Teams' own id of a team or channel, as it stands in a link to it (decoded) and in `channelData` of an activity. */
export const threadId: Kind<string> = {
  type: '19:…@thread.tacv2',
  read: (value) =>
    /^19:[^\s;]+@thread\.(tacv2|skype)$/.test(value) ? ok(value) : no('must be the id of a team or channel: 19:…@thread.tacv2'),
};

/** Identifier of a key, as the portal shows it. Which hosts are vaults of the cloud is judged where the cloud is known. */
export const vaultKey: Kind<string> = {
  type: 'https://…/keys/… URL',
  read: (value) =>
    /^https:\/\/[a-z0-9.-]+\/keys\/[^\s?#]+$/.test(value)
      ? ok(value)
      : no('must be the identifier of a key: https://<vault>.vault.azure.net/keys/<name>'),
};

/** What a token must be made out to: a client id or the identifier URI of an app registration. */
export const audience: Kind<string> = {
  type: 'client id or api:// URI',
  read(value) {
    if (GUID.test(value)) return ok(value.toLowerCase());
    return /^api:\/\/[^\s]+$/.test(value) || /^https:\/\/[^\s]+$/.test(value)
      ? ok(value)
      : no('must be a client id or an api:// or https:// identifier URI');
  },
};

/** Connection string of a PostgreSQL server. It may hold a password, so it is a secret as a whole. */
export const databaseUrl: Kind<Secret> = {
  type: 'postgres:// URL',
  secret: true,
  read(value) {
    const url = URL.parse(value);
    if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) return no('must be a postgres:// URL');
    return url.pathname.length > 1 ? ok(new Secret(value)) : no('must name a database: postgres://user@host/database');
  },
};

/** Exact origins, compared as text. Production takes https only; the sandbox also http on loopback. */
export const origins: Kind<readonly string[]> = {
  type: 'comma-separated https origins',
  read(value, mode) {
    const found: string[] = [];
    for (const item of value.split(',').map((each) => each.trim())) {
      const url = URL.parse(item);
      if (!url || ![url.origin, `${url.origin}/`].includes(item.toLowerCase()))
        return no('must be a list of origins such as https://host.example, without a path');
      const loopback = url.protocol === 'http:' && LOOPBACK.has(url.hostname) && mode === 'sandbox';
      if (url.protocol !== 'https:' && !loopback) return no('must be https');
      found.push(url.origin);
    }
    return ok(found);
  },
};

/** One exact origin, by the rules of `origins`. */
export const origin: Kind<string> = {
  type: 'https origin',
  read(value, mode) {
    const read = origins.read(value, mode);
    const [first, ...more] = read.ok ? read.value : [];
    if (!read.ok) return read;
    return first !== undefined && more.length === 0 ? ok(first) : no('must be one origin such as https://host.example');
  },
};

/** Some of a list of names, in the order of that list. */
export function someOf<const T extends string>(...values: readonly T[]): Kind<readonly T[]> {
  return {
    type: 'comma-separated names',
    read(value) {
      const named = new Set(value.split(',').map((each) => each.trim()));
      const found = values.filter((each) => named.delete(each));
      return named.size === 0 ? ok(found) : no(`must be a list of ${values.join(', ')}`);
    },
  };
}

/** One exact address: production takes https only, the sandbox also http on loopback. No user, password or fragment. */
export const url: Kind<string> = {
  type: 'https URL',
  read(value, mode) {
    const parsed = URL.parse(value);
    if (!parsed) return no('must be a URL such as https://host.example/path');
    if (`${parsed.username}${parsed.password}${parsed.hash}` !== '') return no('must hold no user, password or fragment');
    const loopback = parsed.protocol === 'http:' && LOOPBACK.has(parsed.hostname) && mode === 'sandbox';
    return parsed.protocol === 'https:' || loopback ? ok(parsed.href) : no('must be https');
  },
};

/** The same where knowing the address is the right to use it. */
export const secretUrl: Kind<Secret> = {
  type: 'https URL',
  secret: true,
  read(value, mode) {
    const read = url.read(value, mode);
    return read.ok ? ok(new Secret(read.value)) : read;
  },
};

export const hostName: Kind<string> = {
  type: 'host',
  read: (value) => (/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(value) ? ok(value.toLowerCase()) : no('must be the name of a host')),
};

export const resourceGroup: Kind<string> = {
  type: '/subscriptions/…/resourceGroups/…',
  read: (value) =>
    /^\/subscriptions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/resourceGroups\/[\w.()-]{1,90}$/i.test(value)
      ? ok(value)
      : no('must be the resource id of a resource group: /subscriptions/<id>/resourceGroups/<name>'),
};

export const workspace: Kind<string> = {
  type: '/subscriptions/…/workspaces/…',
  read: (value) =>
    /^\/subscriptions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/resourceGroups\/[\w.()-]{1,90}\/providers\/Microsoft\.OperationalInsights\/workspaces\/[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/i.test(
      value,
    )
      ? ok(value)
      : no(
          'must be the resource id of a Log Analytics workspace: /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.OperationalInsights/workspaces/<name>',
        ),
};

const MAIL = /^[^\s@<>(),;:"\\]{1,64}@[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i;

export const mailAddress: Kind<string> = {
  type: 'mail address',
  read: (value) => (MAIL.test(value) ? ok(value) : no('must be a mail address, without a name')),
};

export const mailAddresses: Kind<readonly string[]> = {
  type: 'comma-separated mail addresses',
  read(value) {
    const found = value.split(',').map((each) => each.trim());
    return found.length <= 50 && found.every((each) => MAIL.test(each)) ? ok(found) : no('must be a list of mail addresses, without names');
  },
};

/** How often a feed must be heard, for every tenant or for one. */
export interface RhythmSetting {
  readonly tenant?: string;
  readonly feed: string;
  readonly minutes: number;
}

export const rhythms: Kind<readonly RhythmSetting[]> = {
  type: 'feed=minutes, …',
  read(value) {
    const found: RhythmSetting[] = [];
    for (const item of value.split(',').map((each) => each.trim())) {
      const match = /^(?:([A-Za-z0-9._-]{1,80})\/)?([a-z][a-z-]{1,40})=(\d{1,5})$/.exec(item);
      if (!match) return no('must be a list such as event-hub=15, contoso/azure-monitor=1440');
      const [, tenant, feed = '', minutes] = match;
      found.push({ ...(tenant === undefined ? {} : { tenant }), feed, minutes: Number(minutes) });
    }
    return ok(found);
  },
};

/** An authentication context of Conditional Access, as the portal shows its id. */
export const authenticationContext: Kind<string> = {
  type: 'c1 to c99',
  read: (value) => (/^c[1-9]\d?$/.test(value) ? ok(value) : no('must be the id of an authentication context, c1 to c99')),
};

/** Whether the traffic of a database URL crosses a network without TLS. */
export function crossesNetworkInClear(connection: Secret): boolean {
  const url = URL.parse(connection.reveal());
  if (!url) return false;
  const host = url.hostname || url.searchParams.get('host') || '';
  const local = host === '' || host.startsWith('/') || LOOPBACK.has(host) || host.startsWith('%2F');
  return !local && !['require', 'verify-ca', 'verify-full', 'no-verify'].includes(url.searchParams.get('sslmode') ?? '');
}
