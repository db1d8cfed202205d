import { expect, test } from 'vitest';
import { parseListen } from '../../src/domain/loopback.ts';
import { codeOf } from '../support/errors.ts';

test.each([
  ['127.0.0.1:39393', '127.0.0.1', 39_393],
  ['127.0.0.1:0', '127.0.0.1', 0],
  ['127.0.0.1:65535', '127.0.0.1', 65_535],
  ['127.9.8.7:1', '127.9.8.7', 1],
  ['[::1]:39393', '::1', 39_393],
  ['localhost:39393', '127.0.0.1', 39_393],
])('%s is %s, port %i', (text, host, port) => {
  expect(parseListen(text)).toEqual({ host, port });
});

test.each([
  ['0.0.0.0:80', 'every address'],
  ['[::]:80', 'every address'],
  [':80', 'every address'],
  ['*:80', 'every address'],
  ['0:80', 'every address, in short'],
  ['192.168.1.10:80', 'the network'],
  ['169.254.169.254:80', 'the link'],
  ['[fe80::1]:80', 'the link'],
  ['[fe80::1%eth0]:80', 'the link'],
  ['example.com:80', 'a name'],
  ['localhost.example.com:80', 'a name'],
  ['127.0.0.1.nip.io:80', 'a name'],
  ['LOCALHOST:80', 'a name'],
  ['localhost.:80', 'a name'],
  ['127.1:80', 'a short form'],
  ['127.0.1:80', 'a short form'],
  ['2130706433:80', 'one number'],
  ['0177.0.0.1:80', 'octal'],
  ['127.0.0.01:80', 'octal'],
  ['0x7f.0.0.1:80', 'hexadecimal'],
  ['0x7f000001:80', 'hexadecimal'],
  ['127.0.0.256:80', 'no byte'],
  ['127.0.0.1.1:80', 'too many bytes'],
  ['128.0.0.1:80', 'another network'],
  ['１２７.0.0.1:80', 'digits that only look so'],
  [' 127.0.0.1:80', 'a space before'],
  ['user@127.0.0.1:80', 'a user before'],
  ['[127.0.0.1]:80', 'IPv4 in brackets'],
  ['[::ffff:127.0.0.1]:80', 'IPv4-mapped'],
  ['[::ffff:7f00:1]:80', 'IPv4-mapped'],
  ['[0:0:0:0:0:0:0:1]:80', 'the long form'],
  ['[]:80', 'nothing'],
])('%j could be reached from elsewhere, or mean something else: %s', (text) => {
  expect(codeOf(() => parseListen(text))).toBe('MCP_NOT_LOOPBACK');
});

test.each([
  '',
  ':',
  '127.0.0.1',
  '127.0.0.1:',
  '127.0.0.1:65536',
  '127.0.0.1:99999',
  '127.0.0.1:100000',
  '127.0.0.1:-1',
  '127.0.0.1:+1',
  '127.0.0.1:0x50',
  '127.0.0.1:http',
  '127.0.0.1:80 ',
  '127.0.0.1:80\n',
  '127.0.0.1:80/mcp',
  'http://127.0.0.1:80',
  '::1:80',
  '[::1]',
  '[::1]80',
  'localhost',
  '39393',
])('%j is no address and port', (text) => {
  expect(codeOf(() => parseListen(text))).toBe('USAGE');
});
