import { CodedError } from './coded-error.ts';

/** An address of this machine that no other machine can reach, and a port; 0: any that is free. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

const LAST_PORT = 65_535;

/**
 * `127.0.0.1:39393`, `[::1]:39393`, `localhost:39393`. Only what is written out as an address of this machine is taken:
 * a name could come to mean another address, and other ways to write a number are how guards are passed by.
 * MCP_NOT_LOOPBACK for any other address, USAGE for what is none.
 */
export function parseListen(text: string): Listen {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > LAST_PORT)
    throw new CodedError('USAGE', `"${text.slice(0, 100)}" is no address and port`, { next: 'write 127.0.0.1:39393' });
  if (bracketed === '::1') return { host: '::1', port };
  if (plain === 'localhost') return { host: '127.0.0.1', port };
  if (plain !== undefined && isLoopback4(plain)) return { host: plain, port };
  throw new CodedError('MCP_NOT_LOOPBACK', `"${text.slice(0, 100)}" could be reached from elsewhere`, {
    next: 'write 127.0.0.1:39393: MCP is for programs of this machine; from another one, come through SSH (ssh -L)',
  });
}

/** As a URL has it: `127.0.0.1:39393`, `[::1]:39393`. */
export function authorityOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function isLoopback4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 &&
    parts[0] === '127' &&
    parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  );
}
