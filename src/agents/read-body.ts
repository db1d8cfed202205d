import { failed, ModelTrouble } from './failed.ts';

export interface BodyBounds {
  /** Bytes. */
  readonly largest: number;
  /** How long nothing may come once something came. */
  readonly silenceMs: number;
  onSilence(): void;
  onByte(): void;
}

/** The whole body as text. Throws ModelTrouble when it is too large, and what the connection throws. */
export async function readBody(response: Response, bounds: BodyBounds): Promise<string> {
  if (response.body === null) return '';
  const parts: Uint8Array[] = [];
  let size = 0;
  let timer = setTimeout(bounds.onSilence, bounds.silenceMs);
  try {
    for await (const part of response.body) {
      clearTimeout(timer);
      timer = setTimeout(bounds.onSilence, bounds.silenceMs);
      bounds.onByte();
      size += part.byteLength;
      if (size > bounds.largest)
        throw new ModelTrouble(
          failed('MODEL_TOO_LARGE', `the answer is larger than ${bounds.largest / 1024 / 1024} MiB: it was left there`),
        );
      parts.push(part);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(parts).toString('utf8');
}
