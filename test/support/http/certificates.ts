import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its key, in PEM form. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export const hasOpenssl = opensslAnswers();

/** An authority of one test, with an intermediate one below it, that issues what the test needs. */
export interface Authority extends Disposable {
  readonly root: Issued;
  readonly intermediate: Issued;
  /** Signed by the root, or by the intermediate one; valid from and to so many days from now. */
  issue(options: {
    readonly names: readonly string[];
    readonly from: number;
    readonly to: number;
    readonly by?: 'root' | 'intermediate';
  }): Issued;
  selfSigned(name: string): Issued;
  /** Path of a file with these certificates. */
  file(...certs: readonly Pick<Issued, 'cert'>[]): string;
}

/** Times can be chosen freely only by `openssl ca`, in every version there is. */
export function makeAuthority(now: number): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-pki-'));
  let serial = 1;
  const run = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const file = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const key = (name: string): void => run('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`);
  const issued = (name: string): Issued => ({ cert: pem(file(`${name}.crt`)), key: file(`${name}.key`) });

  const self = (name: string, subject: string, extensions: readonly string[]): Issued => {
    key(name);
    run(
      'req',
      '-x509',
      '-new',
      '-key',
      `${name}.key`,
      '-subj',
      `/CN=${subject}`,
      '-days',
      '3650',
      '-out',
      `${name}.crt`,
      ...extensions.flatMap((extension) => ['-addext', extension]),
    );
    return issued(name);
  };

  const sign = (
    name: string,
    by: string,
    subject: string,
    extensions: readonly string[],
    from: number,
    to: number,
  ): Issued => {
    key(name);
    run('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${subject}`, '-out', `${name}.csr`);
    writeFileSync(join(folder, `${name}.cnf`), configuration(by, extensions));
    writeFileSync(join(folder, 'serial'), randomBytes(8).toString('hex'));
    writeFileSync(join(folder, 'index'), '');
    run(
      'ca',
      '-batch',
      '-notext',
      '-config',
      `${name}.cnf`,
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.crt`,
      '-startdate',
      asn1Time(now + from * DAY_MS),
      '-enddate',
      asn1Time(now + to * DAY_MS),
    );
    return issued(name);
  };

  const root = self('root', 'Holdfast test root', [
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,keyCertSign',
  ]);
  const intermediate = sign(
    'intermediate',
    'root',
    'Holdfast test intermediate',
    ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'],
    -10,
    3_000,
  );
  return {
    root,
    intermediate,
    issue: ({ names, from, to, by = 'root' }) =>
      sign(
        `leaf${serial++}`,
        by,
        names[0] ?? 'nobody',
        [`subjectAltName=${names.map((name) => (/^[\d.:]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(',')}`],
        from,
        to,
      ),
    file: (...certs) => {
      const path = join(folder, `ca${serial++}.pem`);
      writeFileSync(path, certs.map(({ cert }) => cert).join(''));
      return path;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
    selfSigned: (name) => self(`self${serial++}`, name, [`subjectAltName=DNS:${name}`]),
  };
}

const DAY_MS = 86_400_000;

function configuration(by: string, extensions: readonly string[]): string {
  return `[ca]
default_ca = it
[it]
dir = .
database = index
serial = serial
new_certs_dir = .
certificate = ${by}.crt
private_key = ${by}.key
default_md = sha256
policy = any
unique_subject = no
x509_extensions = ext
[any]
commonName = supplied
[ext]
${extensions.join('\n')}
`;
}

/** `20261120173000Z` */
function asn1Time(ms: number): string {
  return `${new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+Z$/g, '')}Z`;
}

function pem(text: string): string {
  return text.slice(text.indexOf('-----BEGIN'));
}

function opensslAnswers(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
