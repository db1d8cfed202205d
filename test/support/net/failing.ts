import type { NetReader } from '../../../src/providers/net/reader.ts';
import { netReader } from '../http/net-reader.ts';

/** A reader whose every conversation fails in one way: for troubles that can not be had on demand. */
export function failingReader(
  trouble: { readonly phase: 'dns' | 'connect' | 'headers'; readonly code: string },
  isOnline = true,
): NetReader {
  const failed = () =>
    Promise.resolve({
      status: 'failed' as const,
      timings: { dns: null, connect: null, tls: null, firstByte: null },
      totalMs: 1,
      peer: null,
      trouble: { codes: [trouble.code], message: 'as a test wants it', ...trouble },
    });
  return {
    ...netReader(),
    isOnline: () => isOnline,
    connect: failed,
    banner: failed,
    redis: failed,
    postgres: failed,
    mysql: failed,
  };
}

/** Troubles of this machine, and as what they are told. */
export const OWN_TROUBLES = [
  [{ phase: 'dns', code: 'EAI_AGAIN' }, true, 'EAI_AGAIN'],
  [{ phase: 'dns', code: 'TIMEOUT' }, true, 'DNS_TIMEOUT'],
  [{ phase: 'connect', code: 'ENETUNREACH' }, true, 'ENETUNREACH'],
  [{ phase: 'connect', code: 'EMFILE' }, true, 'EMFILE'],
  [{ phase: 'connect', code: 'ETIMEDOUT' }, false, 'OFFLINE'],
] as const;
