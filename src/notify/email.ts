import { createTransport } from 'nodemailer';
import type { Notifier } from '../domain/notification.ts';
import type { EmailConfig } from '../notify-config.ts';
import type { NotifierDeps } from './deps.ts';
import { codeOf, failed } from './failed.ts';
import { secretFrom } from './from-environment.ts';
import { wordingOf } from './wording.ts';

const TIMEOUT_MS = 30_000;
const STEP_MS = 10_000;
const PORTS = { implicit: 465, starttls: 587, none: 25 } as const;
const ROOM = { title: 150, line: 500, lines: 10 } as const;

/** A mail in plain text over SMTP (RFC 5321), with TLS unless it was switched off; certificates are verified. */
export function emailNotifier(deps: Pick<NotifierDeps, 'env' | 'redactor'>, config: EmailConfig): Notifier {
  const { host, tls, from, to, userEnv, passwordEnv } = config;
  const auth =
    userEnv === undefined || passwordEnv === undefined
      ? {}
      : { auth: { user: secretFrom(userEnv, deps), pass: secretFrom(passwordEnv, deps) } };
  return {
    name: `email ${host}`,
    timeoutMs: TIMEOUT_MS,
    send: async (notification, signal) => {
      const { title, lines } = wordingOf(notification, ROOM);
      const transport = createTransport({
        host,
        port: config.port ?? PORTS[tls],
        secure: tls === 'implicit',
        requireTLS: tls === 'starttls',
        ignoreTLS: tls === 'none',
        connectionTimeout: STEP_MS,
        greetingTimeout: STEP_MS,
        socketTimeout: STEP_MS,
        // A mail is made of what we hand over, never of a file or a page that something names.
        disableFileAccess: true,
        disableUrlAccess: true,
        ...auth,
      });
      const mail = {
        from,
        to: [...to],
        subject: title,
        text: `${lines.join('\n')}\n`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      };
      try {
        await orAborted(transport.sendMail(mail), signal);
      } catch (error) {
        throw failed(`${host} did not take the mail: ${reason(error)}`);
      } finally {
        transport.close();
      }
    },
  };
}

/** nodemailer knows no signal; its own limits end what is left behind. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(failed('it was stopped')), { once: true });
    work.then(resolve, reject);
  });
}

/** The server's own words may quote what we sent; its code and ours say enough. */
function reason(error: unknown): string {
  const said = error instanceof Error ? error.message : '';
  const own = codeOf(error);
  if (own === 'NOTIFY_FAILED') return said;
  // Of a connection that failed nodemailer keeps the system's code in the message only.
  const code = own === 'ESOCKET' ? (/\bE[A-Z]{4,}\b/.exec(said)?.[0] ?? own) : own;
  const answer =
    typeof error === 'object' && error !== null && 'responseCode' in error
      ? `answer ${String(error.responseCode)}`
      : null;
  return [code, answer].filter((part) => part !== null).join(', ') || 'for no known reason';
}
