import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { PaidAnswers } from '../../../src/domain/paid-answers.ts';
import type { ProviderDeps } from '../../../src/domain/provider-deps.ts';
import { openAwsReader } from '../../../src/providers/aws/open.ts';
import type { AwsReader } from '../../../src/providers/aws/reader.ts';
import { tempFolder } from '../temp.ts';
import { startAws, type FakeAws } from './fake-aws.ts';

export interface AwsWorld {
  readonly aws: FakeAws;
  readonly reader: AwsReader;
  readonly deps: ProviderDeps;
  /** The environment that leads to the fake: for a command of its own. */
  readonly env: Readonly<Record<string, string>>;
  /** What was made known as a secret. */
  readonly learnt: readonly string[];
  /** Writes `~/.aws/config`. */
  config(text: string): void;
}

export const REGION = 'eu-central-1';

/** A fake AWS, and a machine whose environment leads to it and to nothing else; all of it ends with the test. */
export async function anAwsWorld(): Promise<AwsWorld> {
  const aws = await startAws();
  onTestFinished(() => aws.close());
  const home = tempFolder();
  mkdirSync(join(home, '.aws'));
  const env = awsEnv(aws.url, home);
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const learnt: string[] = [];
  const deps: ProviderDeps = {
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    env: process.env,
    home,
    platform: process.platform,
    instance: 'i'.repeat(26),
    paid: WITHOUT_LIMIT,
    learn: (secret) => void learnt.push(secret),
  };
  return {
    aws,
    reader: openAwsReader(deps),
    deps,
    env,
    learnt,
    config: (text) => writeFileSync(join(home, '.aws', 'config'), text),
  };
}

export function awsEnv(url: string, home: string): Readonly<Record<string, string>> {
  return {
    HOME: home,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'AKIAFAKE',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret-of-anyone',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Nothing is kept, and everything may be asked: who tests the budget brings one of their own. */
const WITHOUT_LIMIT: PaidAnswers = {
  kept: () => null,
  reserve: () => true,
  keep: () => undefined,
  today: () => ({ requests: 0, usd: 0, budget: 1_000 }),
};
