import { expect, it } from 'vitest';
import { sinceLast } from '../../src/mcp/since.ts';
import { anApp } from '../support/app.ts';
import { inventoryOf } from '../support/fake-inventory.ts';

it('a client that gave up while it was looked loses no news', () => {
  const { app } = anApp(inventoryOf());
  const call = { app, client: 'claude', signal: new AbortController().signal };
  const late = { ...call, signal: AbortSignal.abort(new Error('too late')) };
  const all = (): boolean => true;
  expect(() => sinceLast(late, 'beat', all)).toThrow('too late');
  expect(sinceLast(call, 'beat', all)).toMatchObject({ since: null });
  expect(() => sinceLast(late, 'beat', all)).toThrow('too late');
  expect(sinceLast(call, 'beat', all)).toMatchObject({ since: '2026-11-01T00:00:00.000Z' });
});
