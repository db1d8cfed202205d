import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MCP_CLIENTS } from '../../src/domain/mcp-config.ts';
import { aHome, type Home } from '../support/cli.ts';
import { aClient } from '../support/mcp/clients.ts';
import { FORMS } from '../support/mcp/registered.ts';

const BIN = join(import.meta.dirname, '../../bin/holdfast.js');
/** A folder that no quoting should mind. */
const NASTY = `it's a $HOME "place" \\ back \`x\` #1, ünï 日本; & more`;
const EACH = Object.keys(FORMS).map((form) => form.split(' ') as [client: string, form: string]);
/** VS Code's command can't ask for a token, so it has no form over HTTP. */
const OVER_HTTP = EACH.filter(([client, form]) => client !== 'vscode' || form !== 'command');

interface Config {
  readonly text: string;
  readonly path: string | null;
  readonly needsToken: boolean;
  readonly notes: readonly string[];
}

const config = async (home: Home, ...words: string[]): Promise<Config> =>
  (await home.json('mcp', 'config', ...words)) as unknown as Config;

const read = (client: string, form: string, text: string) => {
  const reader = FORMS[`${client} ${form}`];
  if (reader === undefined) throw new Error(`${client} ${form} is not read here`);
  return reader(text);
};

describe('over stdio', () => {
  it.each(EACH)('what %s is told as a %s starts this Holdfast, from anywhere', async (client, form) => {
    const home = aHome();
    const state = join(home.folder, NASTY);
    const { text, needsToken } = await config(home, client, '--form', form, '--state-dir', NASTY);
    const { command = '', args = [] } = read(client, form, text);
    expect([command, ...args]).toEqual([
      process.execPath,
      BIN,
      'mcp',
      '--state-dir',
      state,
      '--config',
      join(home.folder, 'config/holdfast/config.yaml'),
    ]);
    expect(needsToken).toBe(false);
    const started = await aClient('v2', { command, args, env: { HOME: home.folder, PATH: '' }, cwd: '/' });
    expect((await started.tools()).map(({ name }) => name)).toContain('holdfast_route_question');
    expect(readdirSync(state)).not.toEqual([]);
  });

  it('names no folder when every environment would lead to the same one', async () => {
    const home = aHome({ XDG_STATE_HOME: '', XDG_CONFIG_HOME: '' });
    const { command, args } = read('codex', 'file', (await config(home, 'codex')).text);
    expect([command, args]).toEqual([process.execPath, [BIN, 'mcp']]);
  });
});

describe('over HTTP', () => {
  it.each(OVER_HTTP)('what %s is told as a %s opens a Holdfast that serves', async (client, form) => {
    const home = aHome();
    const place = ['--state-dir', join(home.folder, NASTY)];
    const url = await serving(home, place);
    const listen = new URL(url).host;
    const told = await config(home, client, '--form', form, '--transport', 'http', '--listen', listen, ...place);
    expect(told.needsToken).toBe(true);
    const { url: registered = '', authorization = '' } = read(client, form, told.text);
    expect(registered).toBe(url);
    const [, scheme, presented = ''] = /^(Bearer) (.*)$/.exec(authorization) ?? [];
    expect(scheme).toBe('Bearer');
    const token = /^\$\{[\w:-]+\}$/.test(presented) ? tokenByNotes(presented, told.notes) : presented;
    const opened = await aClient('v2', { url: registered, token });
    expect((await opened.tools()).map(({ name }) => name)).toContain('holdfast_route_question');
  });

  it('is at the address of the configuration unless another is named', async () => {
    const home = aHome();
    const file = join(home.folder, 'c.yaml');
    writeFileSync(file, "mcp: { listen: '[::1]:4040' }\n");
    const words = ['cursor', '--transport', 'http'];
    const url = async (...more: string[]) => read('cursor', 'file', (await config(home, ...words, ...more)).text).url;
    expect(await url()).toBe('http://127.0.0.1:39393/mcp');
    expect(await url('--config', file)).toBe('http://[::1]:4040/mcp');
    expect(await url('--config', file, '--listen', '127.0.0.1:5050')).toBe('http://127.0.0.1:5050/mcp');
  });
});

describe('what is printed', () => {
  it.each(MCP_CLIENTS)('for %s is on stdout what is to be pasted, and where it goes on stderr', async (client) => {
    const home = aHome();
    const { text, path } = await config(home, client);
    const { stdout, stderr, code } = await home.holdfast('mcp', 'config', client);
    expect({ code, stdout }).toEqual({ code: 0, stdout: text });
    expect(stderr).toContain(path === null ? 'Run it in a POSIX shell' : `It goes into ${path}`);
    expect(await home.holdfast('mcp', 'config', client, '--quiet')).toEqual({ code: 0, stdout: text, stderr: '' });
  });

  it('holds no token, in any form', async () => {
    const home = aHome();
    const token = (await home.holdfast('mcp', 'token')).stdout.trim();
    expect(token.length).toBeGreaterThan(20);
    const said = await Promise.all(
      OVER_HTTP.flatMap(([client, form]) =>
        ['human', 'json'].map((output) =>
          home.holdfast('mcp', 'config', client, '--form', form, '--transport', 'http', '--output', output),
        ),
      ),
    );
    expect(said.map(({ code }) => code)).toEqual(said.map(() => 0));
    expect(said.flatMap(({ stdout, stderr }) => [stdout, stderr]).filter((text) => text.includes(token))).toEqual([]);
  });

  it('makes nothing: no state directory, no database, no token', async () => {
    const home = aHome();
    for (const transport of ['stdio', 'http'])
      expect((await home.holdfast('mcp', 'config', 'codex', '--transport', transport)).code).toBe(0);
    expect(readdirSync(home.folder)).toEqual([]);
  });
});

describe('what can not be said is refused', () => {
  it('a client that is not known, with those that are', async () => {
    const { code, stdout, stderr } = await aHome().holdfast('mcp', 'config', 'emacs');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^USAGE .*emacs/);
    for (const client of MCP_CLIENTS) expect(stderr).toContain(client);
  });

  it.each<readonly [readonly string[], RegExp]>([
    [['cursor', '--form', 'command'], /there is no --form command for cursor over stdio/],
    [['openclaw', '--form', 'file'], /there is no --form file for openclaw over stdio/],
    [['vscode', '--form', 'command', '--transport', 'http'], /there is no --form command for vscode over http/],
    [['codex', '--listen', '127.0.0.1:1'], /--listen is about HTTP/],
    [['codex', '--transport', 'http', '--listen', '0.0.0.0:1'], /could be reached from elsewhere/],
    [['codex', '--transport', 'http', '--listen', '127.0.0.1:0'], /127\.0\.0\.1:0 is another port each time/],
    [['cursor', '--state-dir', '/tmp/${HOME}'], /cursor would put something else in the place of \$\{…\}/],
    [['codex', '--state-dir', '/tmp/a\u001Bb'], /the path \/tmp\/a\\u\{1b\}b holds what can't be seen/],
  ])('%j', async (words, says) => {
    const { code, stdout, stderr } = await aHome().holdfast('mcp', 'config', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
  });

  it('a path that a known secret stands in, rather than lines that lead nowhere', async () => {
    const home = aHome({ SHOP_PASSWORD: 'hunter2-lab-only' });
    mkdirSync(join(home.folder, 'hunter2-lab-only'));
    const { code, stdout, stderr } = await home.holdfast('mcp', 'config', 'codex', '--state-dir', 'hunter2-lab-only');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/looks like a secret/);
    expect(stderr).not.toContain('hunter2');
  });
});

/** A Holdfast that serves on a free port; resolves to its URL. */
async function serving(home: Home, place: readonly string[]): Promise<string> {
  const server = home.start('mcp', '--transport', 'http', '--listen', '127.0.0.1:0', ...place);
  onTestFinished(() => void server.kill());
  let said = '';
  return new Promise((resolve, reject) => {
    server.once('close', () => reject(new Error(said)));
    server.stderr?.on('data', (data: Buffer) => {
      said += data.toString('utf8');
      const url = /MCP at (\S+);/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

/** What the operator gets who does what the notes say, in a shell. */
function tokenByNotes(reference: string, notes: readonly string[]): string {
  const said = notes.join('\n');
  const line = reference.startsWith('${input:')
    ? /this prints it: (.*)$/m.exec(said)?.[1]
    : `${/: (export HOLDFAST_MCP_TOKEN=.*)$/m.exec(said)?.[1] ?? 'false'}; printf %s "$HOLDFAST_MCP_TOKEN"`;
  expect(reference).toMatch(/^\$\{(?:input:holdfast-token|(?:env:)?HOLDFAST_MCP_TOKEN)\}$/);
  return execFileSync('sh', ['-e', '-c', line ?? 'false'], { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } }).trim();
}
