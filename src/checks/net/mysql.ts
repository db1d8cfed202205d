import * as z from 'zod';
import type { Check } from '../../domain/check.ts';
import type { NetReader } from '../../providers/net/reader.ts';
import { judgeMysql, mysqlFacts } from './mysql-judgement.ts';
import { placeIdentity, talk } from './tcp-look.ts';
import { hostParam, patience, portParam } from './tcp-params.ts';

const mysqlParams = z.strictObject({
  host: hostParam(),
  port: portParam().default(3_306),
  user: z
    .string()
    .regex(/^[\w.-]{1,32}$/, { error: 'write a name of at most 32 letters, digits, ".", "_" or "-"' })
    .default('holdfast')
    .describe('The name that it introduces itself by, without a password. It need not exist.'),
  ...patience,
});

type MysqlParams = z.output<typeof mysqlParams>;

export const check: Check<NetReader, MysqlParams> = {
  id: 'net/mysql',
  title: 'MySQL or MariaDB takes connections',
  keywords: ['mysql', 'mariadb', 'database', 'replication'],
  description: `Connects to a MySQL or MariaDB server, reads its greeting and introduces itself as a user without a password, who is then denied: that shows that the server takes connections, and no credentials are needed. It does not just hang up, as servers block a machine after \`max_connect_errors\` broken handshakes; a denied login is not counted there, but may be written to the server's log.

Reports one finding, **answer**:
- there is no connection, no greeting, or something else answers there (critical);
- too many connections (1040), shutting down (1053) (critical);
- it blocks this machine (1129), or refuses it before greeting with another error (high);
- it lets nobody in from this machine (1130) (medium).

It is **unknown**, and not a finding, when the trouble is on this machine: no network or route, a resolver that does not answer.

Nothing is asked of the database itself, and TLS is not spoken. A proxy before it may answer in its place.

Tried against a stand-in that speaks the documented handshake (protocol version 10) and misbehaves; no MySQL runs where the tests do.`,
  standalone: false,
  params: mysqlParams,
  timeoutMs: 70_000,

  async read(reader, params, { signal }) {
    const identity = placeIdentity('mysql', params.host, params.port);
    const met = await talk(reader, params, signal, (question) => reader.mysql(question, params.user));
    if (met.status === 'unknown') return [{ ...met, ...identity }];
    const facts = met.status === 'failed' ? met.facts : { ...met.facts, outcome: 'answered', ...met.value };
    return [{ status: 'seen', ...identity, facts }];
  },

  judge(seen) {
    const draft = judgeMysql(seen.name, mysqlFacts.parse(seen.facts));
    return draft === null ? [] : [draft];
  },
};
