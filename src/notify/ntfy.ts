import type { Notification, Notifier } from '../domain/notification.ts';
import type { NtfyConfig } from '../notify-config.ts';
import type { NotifierDeps } from './deps.ts';
import { headerFrom, secretFrom, urlFrom } from './from-environment.ts';
import { request } from './request.ts';
import { wordingOf } from './wording.ts';

const TIMEOUT_MS = 10_000;
/** ntfy takes 4,096 bytes as a message; what is longer becomes an attachment. */
const ROOM = { title: 200, line: 300, lines: 10 } as const;
const LONGEST_MESSAGE_BYTES = 4_000;

/** A message to a topic of an ntfy server (docs.ntfy.sh/publish): the title in a header, the text as the body. */
export function ntfyNotifier(deps: Pick<NotifierDeps, 'env' | 'redactor'>, config: NtfyConfig): Notifier {
  const { topicEnv, tokenEnv } = config;
  const server = urlFrom(config.server, undefined, deps);
  const topic = topicEnv === undefined ? (config.topic ?? '') : secretFrom(topicEnv, deps);
  const url = new URL(`${server.pathname.replace(/\/+$/, '')}/${encodeURIComponent(topic)}`, server);
  const access = tokenEnv === undefined ? {} : { authorization: `Bearer ${headerFrom(tokenEnv, deps)}` };
  return {
    name: `ntfy ${server.host}`,
    timeoutMs: TIMEOUT_MS,
    send: (notification, signal) => {
      const { title, lines } = wordingOf(notification, ROOM);
      return request({
        url,
        method: 'POST',
        headers: {
          'content-type': 'text/plain; charset=utf-8',
          'user-agent': 'holdfast',
          title: encodedWord(title),
          priority: priorityOf(notification),
          tags: notification.severity === null ? 'white_check_mark' : 'warning',
          ...access,
        },
        body: atMostBytes(lines.join('\n'), LONGEST_MESSAGE_BYTES),
        signal,
        timeoutMs: TIMEOUT_MS,
      });
    },
  };
}

/** Plain ASCII as it is, all else as an encoded word of RFC 2047, which ntfy reads. No line break can be in either. */
function encodedWord(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?')) return text;
  return `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

function priorityOf({ severity }: Notification): string {
  switch (severity) {
    case 'critical':
      return '5';
    case 'high':
      return '4';
    case 'medium':
      return '3';
    default:
      return '2';
  }
}

function atMostBytes(text: string, bytes: number): string {
  const whole = Buffer.from(text, 'utf8');
  if (whole.length <= bytes) return text;
  // A character cut in half at the end is left out.
  return `${new TextDecoder().decode(whole.subarray(0, bytes), { stream: true })}…`;
}
