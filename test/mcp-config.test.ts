import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { CodedError } from '../src/domain/coded-error.ts';
import { tempFolder } from './support/temp.ts';

function load(text: string) {
  const path = join(tempFolder(), 'config.yaml');
  writeFileSync(path, text);
  return loadConfig(path).mcp;
}

/** `:2:3 what is wrong` */
function troubleOf(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof CodedError && error.code === 'CONFIG_INVALID')
      return `${error.where?.replace(/^.*config\.yaml/, '') ?? ''} ${error.message}`;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('without a word, up serves it on 127.0.0.1 for no page at all', () => {
  expect(load('')).toEqual({ up: true, listen: { host: '127.0.0.1', port: 39_393 }, origins: [], servers: {} });
});

test('an address of this machine and pages are taken as they are written', () => {
  const origins = ['http://127.0.0.1:8080', 'https://ops.example', 'http://[::1]:9000', 'http://localhost'];
  expect(load(`mcp: { up: false, listen: '[::1]:4000', origins: ${JSON.stringify(origins)} }`)).toEqual({
    up: false,
    listen: { host: '::1', port: 4_000 },
    origins,
    servers: {},
  });
});

test.each([
  ['*', 'every page'],
  ['null', 'a page without an address'],
  ['', 'nothing'],
  ['http://*.example', 'a pattern'],
  ['ops.example', 'no scheme'],
  ['//ops.example', 'no scheme'],
  ['file:///home/ana/page.html', 'a file'],
  ['chrome-extension://abcdef', 'an extension'],
  ['https://ops.example/', 'a path'],
  ['https://ops.example/mcp', 'a path'],
  ['https://ops.example?x', 'a query'],
  ['https://ana@ops.example', 'a user'],
  ['https://OPS.example', 'capitals, which no browser sends'],
  ['http://ops.example:80', 'the port that browsers leave out'],
  ['https://ops.example:443', 'the port that browsers leave out'],
  ['http://ops.example:99999', 'no port'],
  ['http://:', 'no host'],
  ['http://ops.example http://other.example', 'two at once'],
])('%j is no Origin: %s', (origin) => {
  expect(troubleOf(`mcp:\n  origins: [${JSON.stringify(origin)}]`)).toMatch(
    /^:2:13 mcp\.origins\.0: is not an Origin; write it like http:\/\/127\.0\.0\.1:8080/,
  );
});

test.each([
  ['mcp:\n  lisen: 127.0.0.1:1', ':2:3 there is no key "lisen"'],
  ['mcp:\n  up: true\n  token: x', ':3:3 there is no key "token"'],
  ['mcp:\n  listen: 0.0.0.0:39393', ':2:11 mcp.listen: "0.0.0.0:39393" could be reached from elsewhere'],
  ['mcp:\n  listen: 127.0.0.1', ':2:11 mcp.listen: "127.0.0.1" is no address and port'],
  ['mcp:\n  listen: 39393', ':2:11 mcp.listen: Invalid input: expected string'],
  ['mcp:\n  up: perhaps', ':2:7 mcp.up: Invalid input: expected boolean'],
  ['mcp:\n  origins: http://127.0.0.1:8080', ':2:12 mcp.origins: Invalid input: expected array'],
])('%j is refused where it stands', (text, trouble) => {
  expect(troubleOf(text)).toMatch(new RegExp(`^${RegExp.escape(trouble)}`));
});
