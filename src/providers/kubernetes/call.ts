/** One request to an API server. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
  /** Longer answers are given up. */
  readonly limitBytes?: number;
  /**
   * Is given the body of a 200 as bytes, which are there only while it is called: that saves a text of many megabytes.
   * The answer says so, and its `body` is empty then; who answers may leave it aside.
   */
  readonly read?: (bytes: Buffer) => void;
}

/** What was answered, whatever it says; a call without an answer throws NoAnswer. */
export interface Answer {
  readonly status: number;
  /** In lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  /** The call's `read` was given the body. */
  readonly wasRead?: true;
}

/**
 * Makes one call within its own deadline, and tries again what the server asks to try again (429, 503 with
 * Retry-After). Throws NoAnswer when there is none, and what `signal` was aborted with.
 */
export type Ask = (call: Call, signal: AbortSignal) => Promise<Answer>;

/** Refused, reset, timed out, not trusted: nothing is known of what became of the call. */
export class NoAnswer extends Error {
  /** `ECONNREFUSED`, `TIMEOUT`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The status object of a refusal, or the plain text that some layers of the API server answer with. */
export interface Status {
  /** `Forbidden`, `Expired`; null in a plain text. */
  readonly reason: string | null;
  readonly message: string;
  readonly causes: readonly { readonly reason: string; readonly field: string; readonly message: string }[];
  /** A fresh token of a 410 of an expired continue. */
  readonly continueToken: string | null;
}

export function statusOf(answer: Answer): Status {
  const body = jsonOf(answer.body);
  if (!isRecord(body) || body['kind'] !== 'Status')
    return { reason: null, message: answer.body.trim().slice(0, 500), causes: [], continueToken: null };
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {};
  const details = isRecord(body['details']) ? body['details'] : {};
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isRecord) : [];
  return {
    reason: textOf(body['reason']),
    message: textOf(body['message']) ?? '',
    causes: causes.map((cause) => ({
      reason: textOf(cause['reason']) ?? '',
      field: textOf(cause['field']) ?? '',
      message: textOf(cause['message']) ?? '',
    })),
    continueToken: textOf(metadata['continue']),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
