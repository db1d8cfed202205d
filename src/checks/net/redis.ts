import type { Check, Failure, Observation } from '../../domain/check.ts';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import type { NetReader, RedisAnswer, RedisWish } from '../../providers/net/reader.ts';
import { redisFacts, replicationOf, type RedisFacts } from './redis-facts.ts';
import { judgeRedis } from './redis-judgement.ts';
import { redisParams, type RedisParams } from './redis-params.ts';
import { placeIdentity, talk, type Identity } from './tcp-look.ts';

export const check: Check<NetReader, RedisParams> = {
  id: 'net/redis',
  title: 'Redis answers and replicates',
  keywords: ['redis', 'cache', 'valkey'],
  description: `Asks a Redis or Valkey server PING and, unless \`replication: false\`, \`INFO replication\`. It logs in only when \`password\` names an environment variable; what AUTH is answered is kept as a code alone, as the words of some servers repeat the password.

Reports:
- **answer**: no connection, no answer, something else that answers there, an error to PING or a lost master (critical); loading its data, protected mode, a password that is refused (high). That it asks for a password and none was given is an answer, and no finding;
- **replication**: a replica that lost its master (high) or is copying all its data (medium), or a master with fewer than \`replicas\` replicas (high).

It is **unknown**, and not a finding, when the trouble is on this machine: no network or route, a resolver that does not answer, a variable that is not set. When the server does not let us see its replication (a password is needed, or the user has no right to INFO), or does not answer, the replication is unknown and its findings stay.

TLS is not spoken: a password crosses the network as it is, as from any client without TLS. Keep this check to the loopback or a private network.

Tried against a stand-in that speaks RESP2 as documented and misbehaves; no Redis runs where the tests do.`,
  standalone: false,
  params: redisParams,
  timeoutMs: 70_000,

  async read(reader, params, { signal }) {
    const server = placeIdentity('redis', params.host, params.port);
    const replica = placeIdentity('redis-replication', params.host, params.port);
    const hiddenReplica = (failure: Failure): Observation[] =>
      params.replication ? [{ status: 'unknown', ...replica, failure }] : [];
    const hidden = (failure: Failure): Observation[] => [
      { status: 'unknown', ...server, failure },
      ...hiddenReplica(failure),
    ];
    const wish = wishOf(params, reader);
    if (wish.status === 'unknown') return hidden(wish.failure);
    const met = await talk(reader, params, signal, (question) => reader.redis(question, wish.value));
    if (met.status === 'unknown') return hidden(met.failure);
    if (met.status === 'failed') {
      const { code } = met.facts;
      const message = `${server.name} does not answer (${code}), so its replication could not be looked at.`;
      return [seenAs(server, met.facts), ...hiddenReplica({ code, message })];
    }
    const { ping, words, login } = met.value;
    const answered = seenAs(server, { ...met.facts, outcome: 'answered', ping, words, login });
    if (!params.replication) return [answered];
    const replication = met.value.replication === null ? null : replicationOf(met.value.replication);
    return replication === null
      ? [answered, ...hiddenReplica(whyHidden(server.name, met.value))]
      : [answered, seenAs(replica, { ...met.facts, outcome: 'replication', ...replication })];
  },

  judge(observation, params) {
    const draft = judgeRedis(observation.name, redisFacts.parse(observation.facts), params);
    return draft === null ? [] : [draft];
  },
};

/** How to ask, with the password from the environment; no value is in the failure. */
function wishOf({ password, user, replication }: RedisParams, reader: NetReader): Looked<RedisWish> {
  if (password === undefined) return seen({ login: null, replication });
  const value = reader.secret(password.env)?.replace(/\r?\n$/, '');
  if (value === undefined || value === '')
    return unknown('ENV_MISSING', `The environment variable ${password.env}, for the password, is not set.`);
  return seen({ login: { user: user ?? null, password: value }, replication });
}

function seenAs(identity: Identity, facts: RedisFacts): Observation {
  return { status: 'seen', ...identity, facts };
}

function whyHidden(name: string, { ping, login, replicationError }: RedisAnswer): Failure {
  const code = replicationError ?? (login !== null && login !== 'OK' ? login : ping);
  if (code === 'NOAUTH') {
    return {
      code,
      message: `${name} wants a password before it tells of its replication: name its variable in "password", or write "replication: false".`,
    };
  }
  if (code === 'PONG')
    return { code: 'UNEXPECTED_ANSWER', message: `${name} answered INFO replication without a role.` };
  return { code, message: `${name} did not tell of its replication (${code}).` };
}
