import { expect, test } from 'vitest';
import { secretLook } from '../../../src/providers/kubernetes/secret-look.ts';

/** Made up, of the shape that the scanners know. */
const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
const packed = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  TOKEN,
  '-----BEGIN RSA PRIVATE KEY-----\nxx',
  '--BEGIN PRIVATE KEY--',
  'Bearer abcdefgh',
  'eyJhbGciOiJSUzI1NiJ9',
  packed(`it is ${TOKEN}`),
  `${packed(`it is ${TOKEN}`).slice(0, 30)}\n${packed(`it is ${TOKEN}`).slice(30)}`,
])('%j is one by a pattern', (value) => {
  expect(secretLook(value)).toBe('pattern');
});

test.each([
  'hello',
  'JWT',
  'bearer',
  'bearer of bad news',
  'PRIVATE KEY',
  '-----BEGIN CERTIFICATE-----\nxx',
  packed('nothing that anybody would hide'),
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
])('%j is none', (value) => {
  expect(secretLook(value)).toBeNull();
});

test('random letters are one by their shape, and so they are when they are no text inside', () => {
  expect(secretLook('kJ8s7Df9aK2lQ0zX4vB6nM1w')).toBe('shape');
});

test('of a long value, the beginning is looked at', () => {
  expect(secretLook(`${'x '.repeat(40_000)}${TOKEN}`)).toBeNull();
  expect(secretLook(`${TOKEN} ${'x '.repeat(40_000)}`)).toBe('pattern');
});
