import * as z from 'zod';
import { conversationFacts, failedFacts } from './tcp-facts.ts';

/** What was seen of a Redis server, under two resources: whether it answers, and its replication. */
export const redisFacts = z.discriminatedUnion('outcome', [
  failedFacts,
  z.object({
    ...conversationFacts,
    outcome: z.literal('answered'),
    ping: z.string(),
    words: z.string().nullable(),
    login: z.string().nullable(),
  }),
  z.object({
    ...conversationFacts,
    outcome: z.literal('replication'),
    role: z.string(),
    /** Replicas that a master has connected. */
    replicas: z.number(),
    /** Of a replica: `up` or `down`; null for a master. */
    link: z.string().nullable(),
    isSyncing: z.boolean(),
    /** How long the link has been down, seconds, as the server says; null when it does not. */
    downSeconds: z.number().nullable(),
  }),
]);

export type RedisFacts = z.output<typeof redisFacts>;
export type AnsweredFacts = Extract<RedisFacts, { outcome: 'answered' }>;
export type ReplicationFacts = Extract<RedisFacts, { outcome: 'replication' }>;

/** The part of `INFO replication` that is judged; null when it says nothing of the kind. */
export function replicationOf(info: ReadonlyMap<string, string>) {
  const role = info.get('role');
  if (role === undefined) return null;
  const count = /^\d{1,6}$/.exec(info.get('connected_slaves') ?? '')?.[0];
  const down = /^\d{1,10}$/.exec(info.get('master_link_down_since_seconds') ?? '')?.[0];
  return {
    role,
    replicas: Number(count ?? 0),
    link: info.get('master_link_status') ?? null,
    isSyncing: info.get('master_sync_in_progress') === '1',
    downSeconds: down === undefined ? null : Number(down),
  };
}
