import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { parse } from 'yaml';
import { tempFolder } from '../temp.ts';

/** What a client would make of its registration. */
export interface Registered {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly url?: string;
  /** The header, as it stands in the registration: a client puts the token in the place of what it refers to. */
  readonly authorization?: string;
}

/** Each form of each client, read as the client reads it. Those of a shell are run, with a program that tells its words. */
export const FORMS: Readonly<Record<string, (text: string) => Registered>> = {
  'openclaw command': (text) => {
    const add = options(told('openclaw', text), ['mcp', 'add', 'holdfast'], (command) =>
      command
        .option('--command <command>')
        .option('--arg <value>', '', collect)
        .option('--url <url>')
        .option('--transport <transport>')
        .option('--header <header>'),
    );
    const url = add.one('url');
    return url === undefined
      ? { command: add.one('command') ?? '', args: add.many('arg') }
      : { url, authorization: afterName(add.one('header'), '=') };
  },
  'claude command': (text) => {
    const words = told('claude', text);
    const cut = words.indexOf('--');
    if (cut !== -1) {
      options(words.slice(0, cut), ['mcp', 'add', 'holdfast'], claudeOptions);
      return { command: words[cut + 1] ?? '', args: words.slice(cut + 2) };
    }
    const add = options(words, ['mcp', 'add', 'holdfast'], (command) => claudeOptions(command).argument('<url>'));
    return { url: add.argument ?? '', authorization: afterName(add.many('header')[0], ': ') };
  },
  'claude file': (text) => ofJson(JSON.parse(text), 'mcpServers', true),
  'codex command': (text) => {
    const words = told('codex', text);
    const add = options(
      words.includes('--') ? words.slice(0, words.indexOf('--')) : words,
      ['mcp', 'add', 'holdfast'],
      (command) => command.option('--url <url>').option('--bearer-token-env-var <name>'),
    );
    const url = add.one('url');
    if (url !== undefined) return { url, authorization: `Bearer \${${add.one('bearerTokenEnvVar') ?? ''}}` };
    const [command = '', ...args] = words.slice(words.indexOf('--') + 1);
    return { command, args };
  },
  'codex file': (text) => {
    const stdio = /^\n\[mcp_servers\.holdfast\]\ncommand = (".*")\nargs = (\[.*\])\n$/.exec(text);
    if (stdio !== null)
      return { command: JSON.parse(stdio[1] ?? '') as string, args: JSON.parse(stdio[2] ?? '') as string[] };
    const http = /^\n\[mcp_servers\.holdfast\]\nurl = (".*")\nbearer_token_env_var = "(\w+)"\n$/.exec(text);
    if (http === null) throw new Error(`no table of TOML that is known here: ${text}`);
    return { url: JSON.parse(http[1] ?? '') as string, authorization: `Bearer \${${http[2] ?? ''}}` };
  },
  'cursor file': (text) => ofJson(JSON.parse(text), 'mcpServers', false),
  'hermes file': (text) => ofJson(parse(text), 'mcp_servers', false),
  'vscode command': (text) => {
    const [flag, json = ''] = told('code', text);
    const { name, ...server } = JSON.parse(json) as Server & { name: string };
    if (flag !== '--add-mcp' || name !== 'holdfast') throw new Error(text);
    return ofServer(server, true);
  },
  'vscode file': (text) => {
    const { inputs = [] } = JSON.parse(text) as { inputs?: object[] };
    const found = ofJson(JSON.parse(text), 'servers', true);
    const asked = /\$\{input:([\w-]+)\}/.exec(found.authorization ?? '')?.[1];
    const ids = inputs.map((input) =>
      'id' in input && 'password' in input && input.password === true ? input.id : null,
    );
    if (asked !== undefined && !ids.includes(asked)) throw new Error(`no input ${asked} that is a password in ${text}`);
    return found;
  },
};

interface Server {
  readonly type?: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly url?: string;
  readonly headers?: { readonly Authorization?: string };
}

function ofJson(file: unknown, key: string, typed: boolean): Registered {
  const server = (file as Record<string, Record<string, Server>>)[key]?.['holdfast'];
  if (server === undefined) throw new Error(`no ${key}.holdfast`);
  return ofServer(server, typed);
}

function ofServer({ type, command, args, url, headers }: Server, typed: boolean): Registered {
  if (type !== (typed ? (url === undefined ? 'stdio' : 'http') : undefined)) throw new Error(`type ${String(type)}`);
  return {
    ...(command === undefined ? {} : { command, args: args ?? [] }),
    ...(url === undefined ? {} : { url, authorization: headers?.Authorization ?? '' }),
  };
}

/** Runs a line in sh, where a program of this name writes down its words, and resolves to them. */
function told(program: string, line: string): readonly string[] {
  const folder = tempFolder();
  mkdirSync(join(folder, 'bin'));
  const note = join(folder, 'words.json');
  const code = `require('node:fs').writeFileSync(process.env.WORDS, JSON.stringify(process.argv.slice(1)))`;
  writeFileSync(join(folder, 'bin', program), `#!/bin/sh\nexec '${process.execPath}' -e "${code}" -- "$@"\n`, {
    mode: 0o700,
  });
  execFileSync('sh', ['-e', '-c', line], {
    cwd: folder,
    env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, HOME: folder, WORDS: note },
  });
  return JSON.parse(readFileSync(note, 'utf8')) as string[];
}

interface Options {
  /** What stands after the words that it began with. */
  readonly argument: string | undefined;
  one(name: string): string | undefined;
  many(name: string): readonly string[];
}

/** Reads words with commander, by which OpenClaw and Claude Code read theirs. */
function options(words: readonly string[], begin: readonly string[], define: (command: Command) => Command): Options {
  const command = new Command().exitOverride();
  for (const word of begin) command.argument(`<${word}>`);
  define(command).parse([...words], { from: 'user' });
  if (begin.some((word, at) => word !== command.args[at])) throw new Error(`it is not ${begin.join(' ')}`);
  const all = command.opts<Record<string, unknown>>();
  const many = (name: string): readonly string[] => [all[name]].flat().filter((value) => typeof value === 'string');
  return { argument: command.args[begin.length], one: (name) => many(name)[0], many };
}

function claudeOptions(add: Command): Command {
  return add.option('--transport <transport>').option('--scope <scope>').option('--header <header...>');
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function afterName(header: string | undefined, sign: string): string {
  const [name, ...rest] = header?.split(sign) ?? [];
  if (name !== 'Authorization') throw new Error(`no header of ours: ${String(header)}`);
  return rest.join(sign);
}
