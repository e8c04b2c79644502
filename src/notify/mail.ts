import { createTransport } from 'nodemailer';
import type { Notice } from '../app/ports.ts';

/** A mail server that takes alerts. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first byte (465). `required`: STARTTLS or nothing (587). `none`: in clear, for loopback only. */
  readonly tls: 'implicit' | 'required' | 'none';
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
  readonly to: readonly string[];
  /** Certificates to trust instead of the public ones, in PEM: for tests and for servers of one's own. */
  readonly authorities?: string;
}

const TIMEOUT_MS = 15_000;

/**
 * Sends a mail a notice, plain text only. A server that offers no TLS where it is required, or takes not every recipient, is a fault: it is
 * tried again. Mails about one alert are one thread.
 */
export function mailPath({ host, port, tls, user, password, from, to, authorities }: MailSettings): (notice: Notice) => Promise<void> {
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    tls: { minVersion: 'TLSv1.2', ...(authorities === undefined ? {} : { ca: authorities }) },
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.lastIndexOf('@') + 1).replace(/[^\w.-]/g, '');
  return async ({ alertId, does, severity, subject, lines }) => {
    const thread = `<${alertId}@${domain}>`;
    const { rejected } = await transport.sendMail({
      from,
      to: [...to],
      subject,
      text: `${lines.join('\n')}\n`,
      references: thread,
      inReplyTo: thread,
      headers: { 'Auto-Submitted': 'auto-generated' },
      priority: does === 'trigger' && severity === 'critical' ? 'high' : 'normal',
    });
    if (rejected.length > 0) throw new Error(`the mail server refused ${rejected.length} of ${to.length} recipients`);
  };
}
