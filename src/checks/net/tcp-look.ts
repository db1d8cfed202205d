import type { Failure, Observation } from '../../domain/check.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { NetReader, Spoken, TcpQuestion } from '../../providers/net/reader.ts';
import type { ConversationFacts, FailedFacts } from './tcp-facts.ts';
import { ownTrouble } from './whose-trouble.ts';

export type Identity = Pick<Observation, 'resource' | 'name'>;

interface Wish {
  readonly host: string;
  readonly port: number;
  readonly timeout: number;
  readonly attempts: number;
}

/** What came of talking: an answer, a server that does not answer, or trouble of this machine. */
export type Met<Value> =
  | { readonly status: 'answered'; readonly facts: ConversationFacts; readonly value: Value }
  | { readonly status: 'failed'; readonly facts: FailedFacts }
  | { readonly status: 'unknown'; readonly failure: Failure };

/** Talks until there is an answer, at most `attempts` times. */
export async function talk<Value>(
  reader: NetReader,
  { host, port, timeout, attempts: atMost }: Wish,
  signal: AbortSignal,
  speak: (question: TcpQuestion) => Promise<Spoken<Value>>,
): Promise<Met<Value>> {
  for (let attempts = 1; ; attempts += 1) {
    const spoken = await speak({ host, port, timeoutMs: timeout, signal });
    const facts = { host, port, peer: spoken.peer, attempts, totalMs: spoken.totalMs };
    if (spoken.status === 'answered') return { status: 'answered', facts, value: spoken.value };
    if (attempts < atMost) {
      await reader.pause(PAUSE_MS, signal);
      continue;
    }
    const { trouble } = spoken;
    const own = ownTrouble(trouble, { host, isOnline: reader.isOnline() });
    if (own !== null) return { status: 'unknown', failure: own };
    const phase = trouble.phase === 'dns' || trouble.phase === 'connect' ? trouble.phase : 'answer';
    return {
      status: 'failed',
      facts: { ...facts, outcome: 'failed', phase, code: trouble.code, message: trouble.message },
    };
  }
}

const PAUSE_MS = 500;

/** `net:local/<kind>/<host>:<port>`, called by its place. */
export function placeIdentity(kind: string, host: string, port: number): Identity {
  const name = place(host, port);
  return { resource: resourceId('net', 'local', kind, name), name };
}

export function place(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
