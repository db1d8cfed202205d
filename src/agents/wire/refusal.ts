import type { Failure } from '../../domain/check.ts';
import { failed } from '../failed.ts';
import { at, json, textAt } from './fields.ts';

/** What an HTTP error of a model server means. The servers' own words decide where their numbers do not. */
export function refusalOf(status: number, body: string): Failure {
  const said = (errorIn(json(body)) ?? body).trim().slice(0, 200);
  const words = said === '' ? `HTTP ${status}` : `HTTP ${status}: ${said}`;
  if (/does not support tools/i.test(said)) return failed('MODEL_NO_TOOLS', `the model can not call tools (${words})`);
  if (/context (?:size|length|window)|exceed_context|maximum context|too many tokens|prompt is too long/i.test(said))
    return failed(
      'MODEL_CONTEXT_TOO_LONG',
      `what was asked is longer than the model takes in (${words}); raise contextTokens in the configuration, or ask less`,
    );
  if (status === 503 || status === 429 || status === 529)
    return failed('MODEL_BUSY', `the server has no room for another request (${words}); try again later`);
  if (status === 404 && /not found|no such model|does not exist/i.test(said) && /model/i.test(said))
    return failed('MODEL_UNKNOWN', `the server has no such model (${words}); of Ollama: \`ollama pull <model>\``);
  if (/invalid tool call arguments|does not match the expected/i.test(said))
    return failed('MODEL_ANSWER_INVALID', `the model wrote what its own form does not allow (${words})`);
  if (status === 401 || status === 403)
    return failed('MODEL_REFUSED', `the server does not know the key, or does not allow this (${words})`);
  return failed('MODEL_REFUSED', `the server refused the request (${words})`);
}

/** The error that a document is, in the server's words; null when it is none. One may stand in another, as text. */
export function errorIn(document: unknown): string | null {
  const error = at(document, 'error');
  if (error === undefined || error === null) return null;
  if (typeof error !== 'string') return textAt(error, 'message') ?? JSON.stringify(error).slice(0, 200);
  return errorIn(json(error)) ?? error;
}
