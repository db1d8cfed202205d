import { othersWords } from '../../domain/excerpt.ts';
import { errorCode } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { NoAnswer, type Call } from './call.ts';
import { ClusterAway } from './cluster-away.ts';

/** Given up by us: which part of the time that a call has ran out, or that too much came. */
export class GivenUp extends Error {
  readonly code: 'TIMEOUT' | 'ANSWER_TOO_LONG';
  constructor(code: GivenUp['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Why there is no answer, with what to do next; what was thrown is not always an error of the system. */
export function noAnswer(error: unknown, server: URL, { method, path }: Call): NoAnswer {
  if (error instanceof NoAnswer) return error;
  if (error instanceof ClusterAway) return new NoAnswer(error.code, error.message);
  const where = `${server.protocol}//${printable(server.host)}`;
  const what = `${method} ${printable(path.split('?', 1)[0] ?? '')}`;
  const code = codeOf(error);
  const words = error instanceof Error ? othersWords(error.message) : '';
  if (error instanceof GivenUp) return new NoAnswer(code, `${where}: ${what} was given up: ${words}.`);
  return new NoAnswer(code, `${where} did not answer ${what} (${code}): ${ADVICE[code] ?? adviceOf(code, words)}.`);
}

function codeOf(error: unknown): string {
  const code = errorCode(error);
  if (code !== null) return code;
  if (error instanceof Error && /^Bad response: \d+$/.test(error.message)) return 'PROXY_REFUSED';
  return 'NO_ANSWER';
}

const UNTRUSTED =
  "its certificate is not signed by an authority that the kubeconfig's certificate-authority names; fetch the kubeconfig anew, or see who answers there";
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED:
    'nothing listens there: see whether the API server runs, and whether the kubeconfig names the right server',
  ECONNRESET:
    'it broke the connection off; when that happens again, see the log of the API server and what lies between',
  EPIPE: 'it broke the connection off; when that happens again, see the log of the API server and what lies between',
  ENOTFOUND: "there is no host of that name: see the kubeconfig's server, and DNS",
  EAI_AGAIN: 'its name could not be looked up: see DNS',
  EHOSTUNREACH: 'no way leads there: see the network, or the VPN',
  ENETUNREACH: 'no way leads there: see the network, or the VPN',
  ETIMEDOUT: 'the connection was not made in time: see the network, the VPN or a firewall between',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it (kubeadm certs check-expiration)',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for other names: see the server and the tls-server-name of the kubeconfig',
  PROXY_REFUSED:
    'the proxy between would not connect to it: see proxy-url of the kubeconfig, or HTTPS_PROXY and NO_PROXY',
};

function adviceOf(code: string, words: string): string {
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return `TLS failed (${words}): see whether it speaks TLS, and the client certificate`;
  if (code.startsWith('HPE_')) return 'what came is no HTTP: see whether the kubeconfig names the right port';
  if (code.startsWith('Z_')) return 'what came could not be unpacked';
  return words;
}
