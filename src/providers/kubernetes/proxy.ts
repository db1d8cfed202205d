import { BlockList, isIP } from 'node:net';

/**
 * The proxy that the environment asks for on the way to a server, by the rules of Go's ProxyFromEnvironment, which
 * kubectl follows; null for none. Servers of this machine itself are reached without one.
 */
export function proxyFor(server: URL, env: Readonly<Record<string, string | undefined>>): string | null {
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = firstOf(env, name);
  if (proxy === null) return null;
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port === '' ? (server.protocol === 'https:' ? '443' : '80') : server.port;
  if (isLoopback(host) || isExempt(firstOf(env, 'NO_PROXY') ?? '', host, port)) return null;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function firstOf(env: Readonly<Record<string, string | undefined>>, name: string): string | null {
  return [env[name], env[name.toLowerCase()]].find((value) => value !== undefined && value !== '') ?? null;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** `*`, `10.0.0.0/8`, `10.1.2.3`, `example.com` (and what is below it), `.example.com` (only that), each with a port or not. */
function isExempt(list: string, host: string, port: string): boolean {
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return isInRange(entry, host);
      const [, name = '', only] = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
      if (only !== undefined && only !== port) return false;
      const domain = name.startsWith('*.') ? name.slice(1) : name;
      return host === domain || (isIP(host) === 0 && host.endsWith(domain.startsWith('.') ? domain : `.${domain}`));
    });
}

function isInRange(range: string, host: string): boolean {
  const [address = '', bits = ''] = range.split('/');
  const [family, version] = [isIP(host), isIP(address)];
  if (family === 0 || family !== version || !/^\d{1,3}$/.test(bits) || Number(bits) > (version === 4 ? 32 : 128))
    return false;
  const type = version === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(address, Number(bits), type);
  return block.check(host, type);
}
