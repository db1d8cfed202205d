import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../../src/providers/kubernetes/proxy.ts';
import type { ClusterAway } from '../../../src/providers/kubernetes/reader.ts';
import { rawServer } from '../../support/http/servers.ts';
import { createApi, type FakeApi } from '../../support/kubernetes/api.ts';
import { connected, type Connected } from '../../support/kubernetes/connected.ts';
import { kubernetesServer, type KubernetesServer, type ServerOptions } from '../../support/kubernetes/server.ts';
import { tempFolder } from '../../support/temp.ts';

const { signal } = new AbortController();
const together = { signal };
const users = [
  { name: 'admin', groups: [] },
  { name: 'reader', groups: [] },
];

function serve(options: Partial<ServerOptions<FakeApi>> = {}): Promise<KubernetesServer<FakeApi>> {
  return kubernetesServer({ api: createApi([]), users, ...options });
}

/** A file in a folder of its own; JSON is YAML. */
function file(content: unknown, folder = tempFolder(), name = 'config'): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const cluster = (server: KubernetesServer<FakeApi>, more: object = {}): object => ({
  server: server.url,
  'certificate-authority': server.ca,
  ...more,
});

function config(of: object, user: object, name = 'it'): object {
  return {
    'current-context': name,
    clusters: [{ name, cluster: of }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
}

async function trouble(at: Connected, context?: string): Promise<Pick<ClusterAway, 'code' | 'message'>> {
  try {
    await at.reader.cluster({ context }, together);
  } catch (error) {
    return error as ClusterAway;
  }
  throw new Error('there was no trouble');
}

/** Who the server saw, when a cluster was opened so. */
async function whoAsks(server: KubernetesServer<FakeApi>, at: Connected, context?: string): Promise<string | null> {
  await at.reader.cluster({ context }, together);
  return server.requests().at(-1)?.user ?? null;
}

describe('which files', () => {
  test('without a kubeconfig there are no contexts, and a look says where it was sought', async () => {
    const home = tempFolder();
    const at = connected('', { deps: { env: {}, home } });
    expect(await at.reader.contexts()).toEqual([]);
    expect(await trouble(at)).toMatchObject({
      code: 'NO_KUBECONFIG',
      message: expect.stringContaining(join(home, '.kube', 'config')),
    });
    expect((await trouble(connected(join(home, 'gone')))).message).toContain('$KUBECONFIG names');
  });

  test('~/.kube/config is read where $KUBECONFIG says nothing', async () => {
    await using server = await serve();
    const home = tempFolder();
    mkdirSync(join(home, '.kube'));
    writeFileSync(join(home, '.kube', 'config'), readFileSync(server.kubeconfig));
    const at = connected('', { deps: { env: { KUBECONFIG: '' }, home } });
    expect(await at.reader.contexts()).toEqual(['admin', 'reader']);
    expect(await whoAsks(server, at)).toBe('admin');
  });

  test('several files are one: what stands first holds, and files that are not there are passed over', async () => {
    await using server = await serve();
    const first = file({
      ...config(cluster(server), { token: server.token('reader') }, 'mine'),
      'current-context': '',
    });
    const clash = file(config({ server: 'https://127.0.0.1:1' }, { token: 'x' }, 'mine'));
    const files = [first, '/nowhere/at/all', server.kubeconfig, clash].join(delimiter);
    const at = connected(files);
    expect(await at.reader.contexts()).toEqual(['admin', 'mine', 'reader']);
    expect(await whoAsks(server, at, 'mine')).toBe('reader');
  });

  test('a file that may not be read, or is no kubeconfig, is named with line and column, and never quoted', async () => {
    const broken = file('clusters:\n- name: a\n  user: {token: hunter2\n');
    expect(await trouble(connected(broken))).toMatchObject({
      code: 'KUBECONFIG_INVALID',
      message: expect.stringMatching(/config:\d+:\d+ /),
    });
    expect((await trouble(connected(broken))).message).not.toContain('hunter2');
    expect((await trouble(connected(file('[]')))).code).toBe('KUBECONFIG_INVALID');
    expect((await trouble(connected(tempFolder()))).code).toBe('KUBECONFIG_UNREADABLE');
  });
});

describe('which context', () => {
  test('one that there is not is told with the nearest, and with those that there are', async () => {
    await using server = await serve();
    expect(await trouble(connected(server.kubeconfig), 'raeder')).toEqual(
      expect.objectContaining({
        code: 'NO_SUCH_CONTEXT',
        message: expect.stringContaining('Did you mean reader? There are: admin, reader.'),
      }),
    );
  });

  test('no current context is no guess', async () => {
    const kubeconfig = file({ contexts: [{ name: 'a', context: { cluster: 'c' } }] });
    expect((await trouble(connected(kubeconfig))).code).toBe('NO_CURRENT_CONTEXT');
  });

  test.for([
    ['a cluster that no file defines', { contexts: [{ name: 'a', context: { cluster: 'gone' } }] }],
    ['no server', { contexts: [{ name: 'a', context: { cluster: 'c' } }], clusters: [{ name: 'c', cluster: {} }] }],
    [
      'a password in the address of the server',
      {
        contexts: [{ name: 'a', context: { cluster: 'c' } }],
        clusters: [{ name: 'c', cluster: { server: 'https://me:hunter2@10.0.0.1' } }],
      },
    ],
    [
      'plain http without saying that this is meant',
      {
        contexts: [{ name: 'a', context: { cluster: 'c' } }],
        clusters: [{ name: 'c', cluster: { server: 'http://10.0.0.1:8080' } }],
      },
    ],
  ])('%s is KUBECONFIG_INVALID', async ([, content]) => {
    const { code, message } = await trouble(connected(file(content)), 'a');
    expect([code, message.includes('hunter2')]).toEqual(['KUBECONFIG_INVALID', false]);
  });

  test('a server may stand under a path, as behind a Rancher', async () => {
    await using server = await serve();
    const user = { token: server.token('admin') };
    const below = { ...cluster(server), server: `${server.url}/k8s/clusters/c-1/` };
    expect((await trouble(connected(file(config(below, user))))).message).toContain(`${server.url}/k8s/clusters/c-1 `);
    expect(server.requests()[0]?.path).toBe('/k8s/clusters/c-1/api/v1/namespaces/kube-system?resourceVersion=0');
  });

  test('an entry that is broken harms nobody who does not use it', async () => {
    await using server = await serve();
    const good = config(cluster(server), { token: server.token('admin') }) as { clusters: object[]; users: object[] };
    const kubeconfig = file({
      ...good,
      clusters: [...good.clusters, { name: 'bad' }, { cluster: {} }],
      users: [...good.users, { name: 'bad', user: { exec: 7 } }],
    });
    expect(await whoAsks(server, connected(kubeconfig))).toBe('admin');
  });
});

describe('who asks', () => {
  test('a token is sent, and told to the redactor', async () => {
    await using server = await serve();
    const at = connected(server.kubeconfig);
    expect(await whoAsks(server, at, 'reader')).toBe('reader');
    expect(at.learnt).toContain(server.token('reader'));
    expect(at.learnt).not.toContain(server.token('admin'));
  });

  test('the key of a client certificate is told to the redactor, as it stands there and as it is', async () => {
    await using server = await serve({ login: 'certificate' });
    const at = connected(server.kubeconfig);
    expect(await whoAsks(server, at)).toBe('admin');
    expect(at.learnt.some((secret) => secret.includes('PRIVATE KEY'))).toBe(true);
    expect(readFileSync(server.kubeconfig, 'utf8')).toContain(at.learnt.find((secret) => !secret.includes('-----')));
  });

  test('files are meant from the folder of the kubeconfig; a token in a file may end in a new line', async () => {
    await using server = await serve();
    const folder = tempFolder();
    writeFileSync(join(folder, 'ca.crt'), readFileSync(server.ca));
    writeFileSync(join(folder, 'token'), `${server.token('reader')}\n`);
    const of = { server: server.url, 'certificate-authority': 'ca.crt' };
    const at = connected(file(config(of, { tokenFile: 'token' }), folder));
    expect(await whoAsks(server, at)).toBe('reader');
    expect(at.learnt).toContain(server.token('reader'));
  });

  test('a file that is not there is named', async () => {
    await using server = await serve();
    const at = connected(file(config(cluster(server), { tokenFile: '/nowhere/token' })));
    expect(await trouble(at)).toMatchObject({
      code: 'CREDENTIAL_UNUSABLE',
      message: expect.stringContaining('/nowhere/token'),
    });
  });

  test('name and password are sent as basic authentication, and told to the redactor', async () => {
    await using server = await serve();
    const at = connected(file(config(cluster(server), { username: 'me', password: 'hunter2' })));
    expect((await trouble(at)).code).toBe('UNAUTHORIZED');
    expect(server.requests()[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:hunter2').toString('base64')}`);
    expect(at.learnt).toContain('hunter2');
  });

  test('all of an impersonation is asked for, not the name alone', async () => {
    await using server = await serve();
    const user = {
      token: server.token('admin'),
      as: 'jane',
      'as-groups': ['dev', 'ops'],
      'as-user-extra': { scopes: ['view'] },
    };
    await connected(file(config(cluster(server), user))).reader.cluster({}, together);
    expect(server.requests()[0]?.headers).toMatchObject({
      'impersonate-user': 'jane',
      'impersonate-group': 'dev, ops',
      'impersonate-extra-scopes': 'view',
    });
  });

  test('an OIDC token is sent while it lives; one that has ended is not renewed, which could log kubectl out', async () => {
    await using server = await serve();
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = (expires: number): string => `${part({ alg: 'none' })}.${part({ exp: expires })}.c2lnbmF0dXJl`;
    const user = (exp: number): object => ({
      'auth-provider': {
        name: 'oidc',
        config: {
          'id-token': token(exp),
          'refresh-token': 'refresh-me',
          'client-id': 'kubectl',
          'idp-issuer-url': 'https://127.0.0.1:1/',
        },
      },
    });
    const now = Math.floor(Date.now() / 1_000);
    const alive = connected(file(config(cluster(server), user(now + 3_600))));
    expect((await trouble(alive)).code).toBe('UNAUTHORIZED');
    expect(server.requests()[0]?.headers.authorization).toBe(`Bearer ${token(now + 3_600)}`);
    expect(alive.learnt).toEqual(expect.arrayContaining([token(now + 3_600), 'refresh-me']));
    expect(await trouble(connected(file(config(cluster(server), user(now - 60)))))).toMatchObject({
      code: 'CREDENTIAL_UNUSABLE',
      message: expect.stringContaining('has ended'),
    });
    expect(server.requests()).toHaveLength(2);
  });

  test('an auth-provider that kubectl no longer has is refused by name', async () => {
    await using server = await serve();
    const user = { 'auth-provider': { name: 'gcp', config: { 'cmd-path': '/bin/false' } } };
    expect(await trouble(connected(file(config(cluster(server), user))))).toMatchObject({
      code: 'CREDENTIAL_UNUSABLE',
      message: expect.stringContaining('gcp'),
    });
    expect(server.requests()).toEqual([]);
  });

  test('in a pod it is the service account, whose token is read from its file', async () => {
    await using server = await serve();
    const serviceAccount = tempFolder();
    writeFileSync(join(serviceAccount, 'ca.crt'), readFileSync(server.ca));
    writeFileSync(join(serviceAccount, 'token'), server.token('reader'));
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port) };
    const at = connected('', { deps: { env, home: tempFolder(), serviceAccount } });
    expect(await at.reader.contexts()).toEqual(['in-cluster']);
    expect(await whoAsks(server, at)).toBe('reader');
  });

  test('plain http is spoken where insecure-skip-tls-verify says that this is meant', async () => {
    await using server = await serve({ tls: false });
    expect(await whoAsks(server, connected(server.kubeconfig))).toBe('admin');
  });
});

describe('credential plug-ins', () => {
  /** A program that runs this shell, and a user who logs in by it. */
  function plugin(shell: string, more: object = {}): { readonly exec: object; readonly folder: string } {
    const folder = tempFolder();
    const path = join(folder, 'login');
    writeFileSync(path, `#!/bin/sh\n${shell}\n`);
    chmodSync(path, 0o755);
    return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: path, ...more }, folder };
  }

  const answer = (token: string, more = ''): string =>
    `echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"${token}"${more}}}'`;

  test('what it answers is the credential, told to the redactor; it is told what is asked, and by whom', async () => {
    await using server = await serve();
    const { exec, folder } = plugin(
      `printf '%s %s %s' "$1" "$REGION" "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/asked"\n${answer(server.token('reader'))}`,
      { args: ['get-token'], env: [{ name: 'REGION', value: 'eu-1' }], provideClusterInfo: true },
    );
    const deps = { env: { KUBECONFIG: file(config(cluster(server), { exec })), PATH: process.env['PATH'] } };
    const at = connected('', { deps });
    expect(await whoAsks(server, at)).toBe('reader');
    expect(at.learnt).toContain(server.token('reader'));
    const [, args, info] = /^(get-token eu-1) (.*)$/.exec(readFileSync(join(folder, 'asked'), 'utf8')) ?? [];
    expect(args).toBe('get-token eu-1');
    expect(JSON.parse(info ?? '')).toMatchObject({
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: { interactive: false, cluster: { server: server.url } },
    });
  });

  test('it is run once for many calls, and again when its credential is refused', async () => {
    await using server = await serve();
    const { exec, folder } = plugin(
      `cd "$(dirname "$0")"; echo x >> runs; if [ -f second ]; then ${answer(server.token('reader'))}; else touch second; ${answer('stale')}; fi`,
    );
    const env = { KUBECONFIG: file(config(cluster(server), { exec })), PATH: process.env['PATH'] };
    const { reader } = connected('', { deps: { env } });
    const opened = await reader.cluster({}, together);
    await Promise.all([opened.list('Pod', signal), opened.list('Node', signal), opened.list('Job', signal)]);
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('x\nx\n');
  });

  test('one that is not installed is named, with the hint that the kubeconfig has', async () => {
    await using server = await serve();
    const exec = { command: 'no-such-login-program', installHint: 'Install it from the intranet.' };
    expect(await trouble(connected(file(config(cluster(server), { exec }))))).toMatchObject({
      code: 'EXEC_PLUGIN_MISSING',
      message: expect.stringMatching(/no-such-login-program .*ENOENT.* Install it from the intranet\./),
    });
  });

  test.for([
    ['fails', 'echo "session has expired" >&2; exit 3', 'session has expired'],
    ['answers something else', 'echo hello', 'ExecCredential'],
    ['answers no credential', `echo '{"status":{}}'`, 'neither a token nor a certificate'],
  ] as const)('one that %s is EXEC_PLUGIN_FAILED, with its own words', async ([, shell, words]) => {
    await using server = await serve();
    const { exec } = plugin(shell);
    const env = { KUBECONFIG: file(config(cluster(server), { exec })), PATH: process.env['PATH'] };
    expect(await trouble(connected('', { deps: { env } }))).toMatchObject({
      code: 'EXEC_PLUGIN_FAILED',
      message: expect.stringContaining(words),
    });
    expect(server.requests()).toEqual([]);
  });

  test('one that wants a terminal is not started', async () => {
    await using server = await serve();
    const { exec, folder } = plugin('touch "$(dirname "$0")/ran"', { interactiveMode: 'Always' });
    expect((await trouble(connected(file(config(cluster(server), { exec }))))).code).toBe('EXEC_PLUGIN_FAILED');
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  test('one that hangs is ended, with all that it started', async () => {
    const { runExecPlugin } = await import('../../../src/providers/kubernetes/exec-plugin.ts');
    const { exec, folder } = plugin('sleep 60 & echo $! > "$(dirname "$0")/pid"; wait');
    const wish = { exec: exec as Record<string, unknown>, cluster: {}, env: { PATH: process.env['PATH'] } };
    await expect(runExecPlugin({ ...wish, timeoutMs: 500 })).rejects.toMatchObject({ code: 'EXEC_PLUGIN_TIMEOUT' });
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

/** A zombie that nobody fetched yet does nothing any more. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('proxies', () => {
  const env = {
    HTTPS_PROXY: 'http://proxy:3128',
    NO_PROXY: '10.0.0.0/8, .internal,example.com , 192.168.1.1,fd00::/8,only:6443',
  };

  test.for([
    ['https://api.example.org:6443', 'http://proxy:3128'],
    ['https://10.1.2.3:6443', null],
    ['https://11.1.2.3:6443', 'http://proxy:3128'],
    ['https://api.internal', null],
    ['https://internal', 'http://proxy:3128'],
    ['https://example.com', null],
    ['https://api.example.com', null],
    ['https://badexample.com', 'http://proxy:3128'],
    ['https://192.168.1.1', null],
    ['https://[fd00::1]:6443', null],
    ['https://[fe80::1]:6443', 'http://proxy:3128'],
    ['https://only:6443', null],
    ['https://only:443', 'http://proxy:3128'],
    ['https://localhost:6443', null],
    ['https://127.0.0.1:6443', null],
    ['http://api.example.org', null],
  ] as const)('%s goes by %s', ([server, proxy]) => {
    expect(proxyFor(new URL(server), env)).toBe(proxy);
  });

  test('small letters count too, a proxy without a scheme is http, and * exempts all', () => {
    const server = new URL('https://api.example.org');
    expect(proxyFor(server, { https_proxy: 'proxy:3128' })).toBe('http://proxy:3128');
    expect(proxyFor(server, { https_proxy: 'proxy:3128', no_proxy: '*' })).toBeNull();
  });

  test('the proxy-url of the kubeconfig is gone through, TLS to its end, and its password is told to the redactor', async () => {
    await using server = await serve();
    const asked: string[] = [];
    await using proxy = await rawServer((socket) => {
      socket.once('data', (head: Buffer) => {
        asked.push(head.toString('latin1'));
        const upstream = net.connect(server.port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(upstream).pipe(socket);
        });
        upstream.on('error', () => socket.destroy());
      });
    });
    const of = cluster(server, { 'proxy-url': `http://me:hunter2@127.0.0.1:${proxy.port}` });
    const at = connected(file(config(of, { token: server.token('admin') })));
    expect(await whoAsks(server, at)).toBe('admin');
    expect(asked[0]).toContain(`CONNECT 127.0.0.1:${server.port} HTTP/1.1`);
    expect(asked[0]?.toLowerCase()).toContain('proxy-authorization: basic');
    expect(at.learnt).toContain('hunter2');
  });

  test('a proxy that would not is told from a server that does not answer', async () => {
    await using server = await serve();
    await using proxy = await rawServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    });
    const of = cluster(server, { 'proxy-url': `http://127.0.0.1:${proxy.port}` });
    expect(await trouble(connected(file(config(of, {}))))).toMatchObject({
      code: 'PROXY_REFUSED',
      message: expect.stringContaining('proxy-url'),
    });
  });
});
