import { StreamableHTTPClientTransport, type FetchLike, type Transport } from '@modelcontextprotocol/client';
import { ServerTrouble } from './trouble.ts';

export interface Endpoint {
  readonly url: string;
  readonly token: string | null;
  /** Of one answer, bytes. */
  readonly answerBytes: number;
  /** Ends whatever is under way. */
  readonly signal: AbortSignal;
}

/** A server that is reached over HTTP: no redirect is followed, and no answer is read beyond its limit. */
export function endpointTransport({ url, token, answerBytes, signal }: Endpoint): Transport {
  const bounded: FetchLike = async (to, init = {}) => {
    const both = init.signal ? AbortSignal.any([init.signal, signal]) : signal;
    const response = await fetch(to, { ...init, signal: both, redirect: 'manual' });
    if (response.status >= 300 && response.status < 400)
      throw new ServerTrouble(
        'MCP_REDIRECTED',
        `sends on to another address (HTTP ${response.status}), which is not followed`,
      );
    return limited(response, answerBytes);
  };
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  // A stream that broke is not taken up again: the call is unknown, and asked anew by the next beat.
  const reconnectionOptions = {
    maxRetries: 0,
    initialReconnectionDelay: 1_000,
    maxReconnectionDelay: 1_000,
    reconnectionDelayGrowFactor: 1,
  };
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    fetch: bounded,
    reconnectionOptions,
  });
}

function limited(response: Response, most: number): Response {
  if (response.body === null) return response;
  let bytes = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        bytes += chunk.byteLength;
        if (bytes > most) controller.error(new ServerTrouble('MCP_TOO_LARGE', `answered more than ${most} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(counted, { status, statusText, headers });
}
