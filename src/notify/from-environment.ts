import type { NotifierDeps } from './deps.ts';
import { failed } from './failed.ts';

type Deps = Pick<NotifierDeps, 'env' | 'redactor'>;

/** The secret in an environment variable, taught to the redactor. Rejected when it is not set. */
export function secretFrom(name: string, { env, redactor }: Deps): string {
  const value = env[name];
  if (value === undefined || value === '') throw failed(`the environment variable ${name} is not set`);
  redactor.learn(value);
  return value;
}

/** As secretFrom, for the value of an HTTP header: with a line break in it there would be more headers. */
export function headerFrom(name: string, deps: Deps): string {
  const value = secretFrom(name, deps);
  if (!/^[\x20-\x7e]+$/.test(value)) throw failed(`the environment variable ${name} holds no value for a header`);
  return value;
}

/** The URL that is written, or the one in an environment variable; of that everything but the host is a secret. */
export function urlFrom(written: string | undefined, variable: string | undefined, deps: Deps): URL {
  const text = variable === undefined ? (written ?? '') : secretFrom(variable, deps);
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw failed(`${variable ?? 'the address'} holds no http or https URL`);
  for (const part of [url.username, url.password, variable === undefined ? '' : url.pathname + url.search])
    if (part.length > 1) deps.redactor.learn(part);
  return url;
}
