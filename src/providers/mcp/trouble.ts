import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import type { Failure } from '../../domain/check.ts';
import { errorCode } from '../../domain/failure.ts';
import { printableStart } from '../../domain/printable.ts';

/** What is wrong with a server; the sentence goes on from its name: "ended (exit 1)". */
export class ServerTrouble extends Error {
  readonly code: string;
  constructor(code: string, what: string) {
    super(what);
    this.code = code;
  }
}

/** What a server that can't be used is called, whatever threw it. */
export function troubleOf(server: string, error: unknown, timeoutMs: number): Failure {
  const { code, message } = wordsOf(error, timeoutMs);
  return { code, message: `The MCP server "${server}" ${message}.` };
}

function wordsOf(error: unknown, timeoutMs: number): Failure {
  if (error instanceof ServerTrouble) return { code: error.code, message: error.message };
  const under = causeOf(error);
  if (under instanceof ServerTrouble) return { code: under.code, message: under.message };
  if (error instanceof SdkHttpError) return httpWords(error.status);
  if (error instanceof ProtocolError)
    return {
      code: 'MCP_REFUSED',
      message: `refused the request (${error.code}): ${printableStart(error.message, 300)}`,
    };
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.RequestTimeout)
      return { code: 'TIMEOUT', message: `did not answer within ${timeoutMs} ms` };
    if (error.code === SdkErrorCode.UnsupportedResultType)
      return { code: 'MCP_WANTS_MORE', message: 'asks back instead of answering, and nobody is there to be asked' };
  }
  const code = errorCode(under) ?? errorCode(error);
  if (code !== null && /^(?:E[A-Z]+$|CERT_|DEPTH_|SELF_|UNABLE_|UND_ERR_)/.test(code))
    return { code, message: `can't be reached (${code})` };
  return { code: 'MCP_FAILED', message: `gave no answer (${printableStart(messageOf(error), 300)})` };
}

function httpWords(status: number): Failure {
  const code = `HTTP_${status}`;
  if (status === 401 || status === 403)
    return { code, message: `lets nobody in with this token (HTTP ${status}); see "tokenEnv"` };
  return { code, message: `answered HTTP ${status}` };
}

/** The innermost reason: fetch and the SDK wrap what happened. */
function causeOf(error: unknown): unknown {
  let under = error;
  for (let depth = 0; depth < 5 && under instanceof Error && under.cause !== undefined; depth += 1) under = under.cause;
  return under;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
