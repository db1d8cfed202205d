import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../../src/providers/aws/failure.ts';
import { openSdk } from '../../../src/providers/aws/sdk.ts';
import { readProfiles } from '../../../src/providers/aws/profiles.ts';
import { anAwsWorld } from '../../support/aws/aws-world.ts';
import { hasRecordings, recordings, replay } from '../../support/aws/recorded.ts';

const all = hasRecordings ? await recordings() : [];

/** What the SDK made of each answer when it was recorded: the third column of INDEX.md. */
function outcomes(): ReadonlyMap<string, string> {
  const folder =
    process.env['RECORDINGS_DIR'] ?? fileURLToPath(new URL('../../../../shared/recordings', import.meta.url));
  const lines = readFileSync(join(folder, 'aws/INDEX.md'), 'utf8').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, file = '', , outcome = ''] = line.split('|').map((cell) => cell.trim());
      return file.endsWith('.json') ? [[file.replace(/\.json$/, ''), outcome]] : [];
    }),
  );
}

describe.skipIf(!hasRecordings)('recorded answers of an emulation of AWS (moto 5.2.4)', () => {
  test('all of them are there', () => {
    expect(all.length).toBeGreaterThan(75);
  });

  test.each(all.map((each) => [each.name, each] as const))('%s', async (name, recording) => {
    const world = await anAwsWorld();
    const server = all.filter((each) => each === recording);
    replay(world.aws, server);
    const sdk = openSdk(null, await readProfiles(), world.deps);
    const { service, operation, input, region } = recording;
    const outcome = outcomes().get(name) ?? '';
    const signal = new AbortController().signal;
    const asked = { operation, permission: null, region, profile: null };
    const answered = await sdk
      .call(service, operation, input, region, signal)
      .then((output) => ({ output, error: null }))
      .catch((error: unknown) => ({ output: null, error: error as Error }));
    expect(world.aws.unanswered).toEqual([]);
    if (outcome.startsWith('ok')) {
      expect(answered.error).toBeNull();
      // The fake writes the same answer itself: what the SDK reads of it is what it read of the recorded one.
      const { $metadata: _, ...output } = { $metadata: null, ...answered.output };
      world.aws.on(`${service}.${operation}`, () => output);
      const again = await sdk.call(service, operation, input, region, signal);
      expect({ ...again, $metadata: null }).toEqual({ ...output, $metadata: null });
    } else {
      const [, status = '', errorName = ''] = /^(\d{3}) ([A-Za-z.]+)/.exec(outcome) ?? [];
      expect(answered.error).toMatchObject({ $metadata: { httpStatusCode: Number(status) } });
      expect(answered.error?.name).toBe(errorName);
      const { code, message } = failureOf(answered.error, asked);
      expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(message).toContain(region);
      if (errorName === 'AccessDenied') expect(code).toBe('ACCESS_DENIED');
    }
  });
});
