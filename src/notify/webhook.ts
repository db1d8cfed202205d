import type { Notifier } from '../domain/notification.ts';
import type { WebhookConfig } from '../notify-config.ts';
import { bodyOf } from './body.ts';
import type { NotifierDeps } from './deps.ts';
import { headerFrom, urlFrom } from './from-environment.ts';
import { request } from './request.ts';

const TIMEOUT_MS = 10_000;

/** A POST of the notification as JSON; 2xx means delivered. */
export function webhookNotifier(deps: Pick<NotifierDeps, 'env' | 'redactor'>, config: WebhookConfig): Notifier {
  const url = urlFrom(config.url, config.urlEnv, deps);
  const { header, headerEnv } = config;
  const own = header === undefined || headerEnv === undefined ? {} : { [header]: headerFrom(headerEnv, deps) };
  return {
    name: `webhook ${url.host}`,
    timeoutMs: TIMEOUT_MS,
    send: (notification, signal) =>
      request({
        url,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'holdfast', ...own },
        body: JSON.stringify(bodyOf(notification)),
        signal,
        timeoutMs: TIMEOUT_MS,
      }),
  };
}
