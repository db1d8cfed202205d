import { codeOf, failed } from './failed.ts';

export interface Request {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * One HTTP request whose answer must be 2xx; its body is not read. Redirects are not followed: what
 * was meant for one address is not for another. Errors name the host only, for the rest of a URL may be a secret.
 */
export async function request({ url, method, headers, body, signal, timeoutMs }: Request): Promise<void> {
  const limit = AbortSignal.timeout(timeoutMs);
  const response = await answerOf(url, limit, {
    method,
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.any([signal, limit]),
  });
  await response.body?.cancel();
  if (response.ok) return;
  const { status } = response;
  if (status >= 300 && status < 400) throw failed(`${url.host} answered ${status}, a redirect, which is not followed`);
  throw failed(`${url.host} answered ${status}`);
}

async function answerOf(url: URL, limit: AbortSignal, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    // No cause: what fetch says may quote the URL.
    if (limit.aborted) throw failed(`${url.host} did not answer in time`);
    if (init.signal?.aborted === true) throw failed(`the request to ${url.host} was stopped`);
    throw failed(`${url.host} could not be reached: ${codeOf(error) ?? 'no connection'}`);
  }
}
