import { expect, test } from 'vitest';
import { everyResource, resourceId } from '../../src/domain/resource-id.ts';

test('a resource id follows the contract, with the name as it is', () => {
  expect(resourceId('host', 'abc', 'mount', '/data')).toBe('host:abc/mount//data');
});

test('a name can not make an id that stands for others, nor one that can not be seen', () => {
  expect(resourceId('host', 'abc', 'file', '/b/*')).toBe('host:abc/file//b/%2A');
  expect(resourceId('host', 'abc', 'mount', '/a\nb\u202e')).toBe('host:abc/mount//a\\u{a}b\\u{202e}');
  expect(everyResource('host', 'abc', 'mount')).toBe('host:abc/mount/*');
});
