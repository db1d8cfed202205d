import { failureOfError, ModelTrouble } from './failed.ts';
import { readBody } from './read-body.ts';

/** What a server answered, whole. */
export interface Got {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Bounds {
  /** Bytes of the answer. */
  readonly largest: number;
  /** How long nothing may come in the middle of an answer, milliseconds. */
  readonly silenceMs: number;
  /** Ends with the time of the whole use. */
  readonly signal: AbortSignal;
}

/** Sends a request and reads the answer to its end; redirects lead nowhere. Throws ModelTrouble. */
export async function exchange(
  url: URL,
  request: { readonly method: string; readonly headers: Headers; readonly body: string | null },
  { largest, silenceMs, signal }: Bounds,
): Promise<Got> {
  const silence = new AbortController();
  let isBegun = false;
  try {
    const response = await fetch(url, {
      ...request,
      redirect: 'error',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    const body = await readBody(response, {
      largest,
      silenceMs,
      onSilence: () => silence.abort(),
      onByte: () => {
        isBegun = true;
      },
    });
    return { status: response.status, contentType: response.headers.get('content-type') ?? '', body };
  } catch (error) {
    if (error instanceof ModelTrouble) throw error;
    const how = { host: url.host, fellSilent: silence.signal.aborted, outOfTime: signal.aborted, isBegun };
    throw new ModelTrouble(failureOfError(error, how));
  }
}
