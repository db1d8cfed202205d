import { printable } from '../domain/printable.ts';
import type { Looked } from '../domain/failure.ts';
import type { Redacted, Redactor } from '../domain/redaction/redacted.ts';
import type { Endpoint } from './endpoint.ts';
import { failed, ModelTrouble } from './failed.ts';

/** A request as a client library made it. */
export interface Asked {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  /** null: it has none. */
  readonly body: string | null;
}

export async function askedFor(input: string | URL | Request, init: RequestInit): Promise<Asked> {
  const request = new Request(input, { ...init, signal: null });
  const body = request.method === 'GET' || request.method === 'HEAD' ? null : await request.text();
  return { url: new URL(request.url), method: request.method, headers: request.headers, body };
}

/** The address as the configuration has it. A library that asks elsewhere (for a list, an update, a report) gets nothing. */
export function ownAddress(url: URL, { official, url: own, model }: Endpoint): URL {
  const written = url.href;
  const base = [official, own].find((one) => written === one || written.startsWith(`${one}/`));
  if (base === undefined)
    throw new ModelTrouble(
      failed('MODEL_REFUSED', `${printable(url.host)} is no address of ${model}: nothing was sent there`),
    );
  return new URL(`${own}${written.slice(base.length)}`);
}

/** What lists and describes models says nothing of ours. */
export function isQuestionAboutModels(url: URL): boolean {
  return /\/(?:api\/(?:tags|show|ps|version)|v1\/models|models)$/.test(url.pathname);
}

const KEY_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key', 'cookie', 'proxy-authorization'];

/** Whatever key the library had is no key: the real one is put in here. */
export async function withKey(
  headers: Headers,
  { provider, kind, model }: Endpoint,
  keyOf: (provider: string) => Promise<Looked<string | null>>,
  redactor: Redactor,
): Promise<Headers> {
  const own = new Headers(headers);
  for (const name of KEY_HEADERS) own.delete(name);
  if (kind === 'ollama') return own;
  const key = await keyOf(provider);
  if (key.status === 'unknown') throw new ModelTrouble(key.failure);
  if (key.value === null) return own;
  redactor.learn(key.value);
  if (!/^[!-~]+$/.test(key.value))
    throw new ModelTrouble(failed('MODEL_NO_KEY', `the key for ${model} holds white space or signs that no key has`));
  if (provider === 'anthropic') own.set('x-api-key', key.value);
  else if (provider === 'google') own.set('x-goog-api-key', key.value);
  else own.set('authorization', `Bearer ${key.value}`);
  return own;
}

/** Its words were redacted before; here every string is, so that no way round leads past it. */
export function redactedBody(body: string | null, redactor: Redactor): Redacted<string> {
  const document = body === null ? null : objectIn(body);
  const redacted = document === null ? null : redactor.json(document);
  if (redacted === null || objectIn(redacted) === null)
    throw new ModelTrouble(failed('MODEL_WITHHELD', 'what was to be asked could not be redacted, so it was not sent'));
  return redacted;
}

function objectIn(text: string): object | null {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' ? document : null;
  } catch {
    return null; // withheld, or no document at all: the caller refuses it
  }
}
