import { execFile } from 'node:child_process';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import type { ProviderDeps } from '../../domain/provider-deps.ts';

/** The system's own store of credentials, asked through the program that it brings. */
export interface KeyringReader {
  /**
   * What is kept for an account of the service `holdfast`; null: nothing is, or there is no such store here. Its value is
   * known to the redactor from then on.
   */
  secret(account: string): Promise<Looked<string | null>>;
}

/** A store that asks its owner to unlock it waits for somebody who may not be there. */
const PATIENCE_MS = 5_000;
/** No key is longer, bytes. */
const LONGEST = 16 * 1024;

export function createKeyringReader(deps: ProviderDeps): KeyringReader {
  return {
    secret: (account) => {
      const program = programFor(deps.platform, account);
      return program === null ? Promise.resolve(seen(null)) : ask(program, deps);
    },
  };
}

/** The words with which a person puts a key in; null where no store can be asked. */
export function howToKeep(platform: NodeJS.Platform, account: string): string | null {
  if (platform === 'darwin') return `security add-generic-password -s holdfast -a ${account} -w`;
  return platform === 'linux' ? `secret-tool store --label=holdfast service holdfast account ${account}` : null;
}

type Program = readonly [name: string, ...args: string[]];

function programFor(platform: NodeJS.Platform, account: string): Program | null {
  if (platform === 'darwin')
    return ['/usr/bin/security', 'find-generic-password', '-s', 'holdfast', '-a', account, '-w'];
  return platform === 'linux' ? ['secret-tool', 'lookup', 'service', 'holdfast', 'account', account] : null;
}

/** A store that could not be read is told from one that has nothing. */
function ask([name, ...args]: Program, deps: ProviderDeps): Promise<Looked<string | null>> {
  const options = { env: environment(deps.env), timeout: PATIENCE_MS, maxBuffer: LONGEST, encoding: 'utf8' } as const;
  return new Promise((resolve) => {
    execFile(name, args, options, (error, stdout, stderr) => {
      if (error === null) {
        const secret = stdout.replace(/\r?\n$/, '');
        if (secret !== '') deps.learn(secret);
        resolve(seen(secret === '' ? null : secret));
      } else if (errorCode(error) === 'ENOENT') resolve(seen(null));
      else if (errorCode(error) !== 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER' && error.killed === true)
        resolve(unknown('KEYRING_SILENT', `${name} did not answer in ${PATIENCE_MS / 1_000} s; is the store locked?`));
      else if (errorCode(error) === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
        resolve(unknown('KEYRING_TOO_LONG', `what ${name} keeps for this account is longer than any key`));
      else if (hasNone(error.code, stderr)) resolve(seen(null));
      else resolve(unknown('KEYRING_FAILED', `${name} could not read the system's store of keys; is it locked?`));
    });
  });
}

/** macOS has a number for it; the other program then ends with 1, and says nothing. Its words are not repeated. */
function hasNone(exit: unknown, stderr: string): boolean {
  return exit === 44 || (exit === 1 && stderr.trim() === '');
}

/** What the programs need to find the store of this session, and nothing else. */
function environment(env: ProviderDeps['env']): Record<string, string> {
  const names = [
    'PATH',
    'HOME',
    'USER',
    'LANG',
    'DBUS_SESSION_BUS_ADDRESS',
    'XDG_RUNTIME_DIR',
    'DISPLAY',
    'WAYLAND_DISPLAY',
  ];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
