import type { Check } from '../../domain/check.ts';
import type { NetReader } from '../../providers/net/reader.ts';
import { tcpFacts } from './tcp-facts.ts';
import { judgeTcp } from './tcp-judgement.ts';
import { placeIdentity, talk } from './tcp-look.ts';
import { tcpParams, type TcpParams } from './tcp-params.ts';

export const check: Check<NetReader, TcpParams> = {
  id: 'net/tcp',
  title: 'A TCP port takes connections',
  keywords: ['tcp', 'port', 'listen', 'connect', 'open', 'reachable'],
  description: `Connects to a port and hangs up without sending or reading anything. Of a name with several addresses each is tried, and one that answers is enough.

Reports one finding, **answer**:
- there is no connection: no such name, refused, unreachable, out of time (critical);
- connecting took longer than \`within\` (medium); once reported, it must be a tenth faster to be well.

It is **unknown**, and not a finding, when the trouble is on this machine: no network or route, a resolver that does not answer, too many open files.

An open port says that something listens, not that it works: a proxy or a container's port forwarding takes connections for a service that is down. Where there is a check for the protocol, use that.

Tried against servers of the test run on the loopback, over IPv4 and IPv6.`,
  standalone: false,
  params: tcpParams,
  timeoutMs: 70_000,

  async read(reader, params, { signal }) {
    const identity = placeIdentity('tcp', params.host, params.port);
    const met = await talk(reader, params, signal, (question) => reader.connect(question));
    if (met.status === 'unknown') return [{ ...met, ...identity }];
    const facts = met.status === 'failed' ? met.facts : { ...met.facts, outcome: 'answered' };
    return [{ status: 'seen', ...identity, facts }];
  },

  judge(seen, params, history) {
    const draft = judgeTcp(seen.name, tcpFacts.parse(seen.facts), params, history.open.has('answer'));
    return draft === null ? [] : [draft];
  },
};
