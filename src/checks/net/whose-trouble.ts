import type { Failure } from '../../domain/check.ts';
import type { Trouble } from '../../providers/net/reader.ts';

/** What is known of our own side when there was no answer. */
export interface OwnSide {
  readonly host: string;
  readonly isOnline: boolean;
}

/**
 * Why we could not look, when the trouble lies with this machine; null when it lies with the
 * endpoint, which is then a finding: it was asked and did not answer as it should.
 *
 * Ours: no network at all, no route (ENETUNREACH), a resolver that does not answer (EAI_AGAIN, or
 * out of time while asking it), no file handles, ports or memory left, connecting forbidden here.
 * The endpoint's: refused, reset, out of time, host unreachable, a name that does not exist
 * (ENOTFOUND: the resolver did answer), everything about TLS and HTTP. Of several addresses one
 * that was the endpoint's is enough.
 */
export function ownTrouble(trouble: Trouble, { host, isOnline }: OwnSide): Failure | null {
  if (!isOnline && !isLoopback(host)) {
    return {
      code: 'OFFLINE',
      message: `This machine has no network (${trouble.code}), so ${host} could not be asked.`,
    };
  }
  if (trouble.phase === 'dns' && trouble.code === 'TIMEOUT') {
    return {
      code: 'DNS_TIMEOUT',
      message: `The resolver of this machine did not answer for ${host} in time; see "resolvectl status" or /etc/resolv.conf.`,
    };
  }
  if (!trouble.codes.every((code) => code in OURS)) return null;
  return {
    code: trouble.code,
    message: `${host} could not be asked: ${OURS[trouble.code] ?? trouble.message} (${trouble.code}).`,
  };
}

const OURS: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'the resolver of this machine does not answer; see "resolvectl status" or /etc/resolv.conf',
  EAI_FAIL: 'the resolver of this machine failed',
  EAI_SYSTEM: 'the resolver of this machine failed',
  EAI_MEMORY: 'there is no memory left for the resolver',
  ENETUNREACH: 'this machine has no route to it',
  ENETDOWN: 'the network of this machine is down',
  EADDRNOTAVAIL: 'this machine has no address or no free port to ask from',
  EMFILE: 'this process has too many open files',
  ENFILE: 'this machine has too many open files',
  ENOBUFS: 'the system has no buffers left',
  ENOMEM: 'the system has no memory left',
  EACCES: 'this process may not connect to it',
  EPERM: 'this process may not connect to it; a local firewall may forbid it',
};

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
