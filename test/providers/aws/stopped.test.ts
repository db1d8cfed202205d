import { expect, onTestFinished, test } from 'vitest';
import { getAccountSummary, getCredentialReport } from '../../../src/providers/aws/reads/identity.ts';
import { anAwsWorld } from '../../support/aws/aws-world.ts';

test('what is asked after the run was stopped is refused, and leaves no rejection behind that nobody takes', async () => {
  const world = await anAwsWorld();
  world.aws.on('iam.GetAccountSummary', () => ({}));
  world.aws.on('iam.GetCredentialReport', () => ({}));
  const run = new AbortController();
  const left: unknown[] = [];
  const note = (reason: unknown): void => void left.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const [opened] = await world.reader.accounts({}, { signal: run.signal });
  if (opened?.status !== 'open') throw new Error(JSON.stringify(opened));
  const { home } = opened.account;
  run.abort(new Error('enough'));
  await expect(home.ask(getAccountSummary, {}, run.signal)).rejects.toThrow('enough');
  await expect(home.await(getCredentialReport, {}, [1], run.signal)).rejects.toThrow('enough');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(left).toEqual([]);
});
