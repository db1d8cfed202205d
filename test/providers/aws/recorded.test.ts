import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../../src/providers/aws/failure.ts';
import { SERVICES } from '../../../src/providers/aws/services.ts';
import { anAwsWorld } from '../../support/aws/aws-world.ts';
import { PACKAGES } from '../../support/aws/packages.ts';
import { hasRecordings, recordings, replay, type Recording } from '../../support/aws/recorded.ts';

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

  const isOk = ({ name }: Recording): boolean => outcomes().get(name)?.startsWith('ok') === true;
  const named = (some: readonly Recording[]) => some.map((each) => [each.name, each] as const);

  test.each(named(all.filter(isOk)))(
    '%s is read, and written by the fake it is read the same',
    async (_, recording) => {
      const { world, call } = await replayed(recording);
      const { $metadata: _metadata, ...output } = { $metadata: null, ...(await call()) };
      expect(world.aws.unanswered).toEqual([]);
      world.aws.on(`${recording.service}.${recording.operation}`, () => output);
      expect({ ...(await call()), $metadata: null }).toEqual({ ...output, $metadata: null });
    },
  );

  test.each(named(all.filter((each) => !isOk(each))))('%s is the error that it was', async (name, recording) => {
    const [, status = '', errorName = ''] = /^(\d{3}) ([A-Za-z.]+)/.exec(outcomes().get(name) ?? '') ?? [];
    const { call } = await replayed(recording);
    const error: unknown = await call().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: errorName, $metadata: { httpStatusCode: Number(status) } });
    const { operation, region } = recording;
    const { code, message } = failureOf(error, { operation, permission: null, region, profile: null });
    expect(code).toMatch(errorName === 'AccessDenied' ? /^ACCESS_DENIED$/ : /^[A-Z][A-Z0-9_]+$/);
    expect(message).toContain(region);
  });
});

/** By the SDK's whole packages: of some of these operations the product has no command. */
async function replayed(recording: Recording) {
  const world = await anAwsWorld();
  replay(world.aws, [recording]);
  const { service, operation, input, region } = recording;
  const module = (await PACKAGES[service]()) as Readonly<Record<string, new (given: object) => Client>>;
  const [ClientOf, CommandOf] = [module[SERVICES[service].client], module[`${operation}Command`]];
  if (ClientOf === undefined || CommandOf === undefined) throw new Error(`the SDK has no ${service}.${operation}`);
  const own = service === 's3Control' ? { endpointProvider: () => ({ url: new URL(world.aws.url) }) } : {};
  const client = new ClientOf({ region, endpoint: world.aws.url, forcePathStyle: true, maxAttempts: 1, ...own });
  return { world, call: () => client.send(new CommandOf(input)) };
}

interface Client {
  send(command: object): Promise<object>;
}
