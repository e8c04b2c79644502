import { readFileSync } from 'node:fs';
import type { SecondPaths } from '../app/ports.ts';
import { mailPath } from './mail.ts';
import { pagePath } from './page.ts';

/** The second paths as the settings have them; see `src/config/table.ts`. */
export interface PathSettings {
  readonly smtpHost?: string | undefined;
  readonly smtpPort: number;
  readonly smtpTls: 'required' | 'implicit' | 'none';
  readonly smtpUser?: string | undefined;
  readonly smtpPasswordFile?: string | undefined;
  readonly mailFrom?: string | undefined;
  readonly mailTo?: readonly string[] | undefined;
  readonly pagingUrl?: string | undefined;
  readonly pagingShape: 'pagerduty' | 'json';
  readonly pagingKeyFile?: string | undefined;
}

/**
 * Those ways that are set up.
 *
 * @throws Error when a file that is named cannot be read or is empty; the words name the setting
 */
export function secondPaths(settings: PathSettings): SecondPaths {
  const { smtpHost, smtpUser, mailFrom, mailTo, pagingUrl, pagingShape } = settings;
  const mail =
    smtpHost !== undefined && mailFrom !== undefined && mailTo !== undefined
      ? mailPath({
          host: smtpHost,
          port: settings.smtpPort,
          tls: settings.smtpTls,
          from: mailFrom,
          to: mailTo,
          ...(smtpUser === undefined
            ? {}
            : { user: smtpUser, password: secretIn('BREAKGLASS_SMTP_PASSWORD_FILE', settings.smtpPasswordFile) }),
        })
      : undefined;
  const page =
    pagingUrl === undefined
      ? undefined
      : pagePath({ url: pagingUrl, shape: pagingShape, key: secretIn('BREAKGLASS_PAGING_KEY_FILE', settings.pagingKeyFile) });
  return { ...(mail ? { mail } : {}), ...(page ? { page } : {}) };
}

function secretIn(setting: string, file: string | undefined): string {
  let text: string;
  try {
    text = readFileSync(file ?? '', 'utf8').trim();
  } catch (error) {
    throw new Error(`${setting}: cannot be read`, { cause: error });
  }
  if (text === '' || /[\0\r\n]/.test(text)) throw new Error(`${setting}: must hold one line`);
  return text;
}
