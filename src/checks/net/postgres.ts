import type { Check } from '../../domain/check.ts';
import type { NetReader } from '../../providers/net/reader.ts';
import { judgePostgres, postgresFacts } from './postgres-judgement.ts';
import { postgresParams, type PostgresParams } from './postgres-params.ts';
import { placeIdentity, talk } from './tcp-look.ts';

export const check: Check<NetReader, PostgresParams> = {
  id: 'net/postgres',
  title: 'PostgreSQL takes connections',
  keywords: ['postgres', 'postgresql', 'database'],
  description: `Asks a PostgreSQL server whether it offers TLS, and then starts a session in plain text as \`pg_isready\` does: that the server asks for a password, or refuses us by name, shows that it takes connections. No credentials are needed, none are sent, and neither ~/.pgpass nor service files are read. Where \`trust\` lets everybody in, the session ends at once, without a question.

Reports:
- **answer** (critical) when there is no connection or no answer, when something else answers there, when it is starting, recovering or shutting down (57P03), has too many connections (53300), or gives another error that is not about who asks;
- **tls** (medium) when \`tls: true\` asks for it and the server does not offer it.

It is **unknown**, and not a finding, when the trouble is on this machine: no network or route, a resolver that does not answer.

The server may write a line to its log for every look. Connections that it keeps for superusers are refused only after a login, so a server is seen as full a little late. A pooler before it (PgBouncer) answers in its place.

Tried against a stand-in that speaks the documented protocol (3.0) and misbehaves, and against a real PostgreSQL where one is installed beside the tests.`,
  standalone: false,
  params: postgresParams,
  timeoutMs: 70_000,

  async read(reader, params, { signal }) {
    const identity = placeIdentity('postgres', params.host, params.port);
    const { user, database } = params;
    const met = await talk(reader, params, signal, (question) => reader.postgres({ ...question, user, database }));
    if (met.status === 'unknown') return [{ ...met, ...identity }];
    const facts = met.status === 'failed' ? met.facts : { ...met.facts, outcome: 'answered', ...met.value };
    return [{ status: 'seen', ...identity, facts }];
  },

  judge: (seen, params) => judgePostgres(seen.name, postgresFacts.parse(seen.facts), params),
};
