import type { Failure } from '../../domain/check.ts';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { printable } from '../../domain/printable.ts';
import { asAnswer } from './as-answer.ts';
import { failureOf } from './failure.ts';
import { readProfiles } from './profiles.ts';
import { getCallerIdentity } from './reads/identity.ts';
import { openSdk } from './sdk.ts';
import type { Read } from './read.ts';
import type { Write } from './write.ts';
import { refusalOf } from './write-refusal.ts';

export * from './writes.ts';
export type { TriableWrite, Write } from './write.ts';

/** Writes to one account in one region, of which it was made sure that it is the one that is meant. */
export interface AwsWriter {
  /** Sends one change, once: the SDK does not repeat it. */
  write<Input extends object, Output extends object>(
    write: Write<Input, Output>,
    input: Input,
    signal: AbortSignal,
  ): Promise<WriteAnswer>;
  /** One page of a read, with the writer's own credentials: what a write needs to know that no plan holds. */
  ask<Input extends object, Output extends object>(
    read: Read<Input, Output>,
    input: Input,
    signal: AbortSignal,
  ): Promise<Looked<Output>>;
}

export type WriteAnswer =
  | { readonly status: 'taken'; readonly output: object }
  | { readonly status: 'refused'; readonly because: 'moved' | 'denied' | 'failed'; readonly failure: Failure }
  | { readonly status: 'unknown'; readonly failure: Failure };

export interface WriterChoice {
  /** null: what the environment chooses. */
  readonly profile: string | null;
  readonly region: string;
  /** As it was sealed. */
  readonly partition: string;
  /** Twelve digits, as it was sealed. */
  readonly account: string;
}

/**
 * Opens the way to write, with credentials loaded anew, and asks first whose they are: a profile may be changed between
 * two looks at it. Nothing was written when it is unknown; ACCOUNT_SWITCHED when it is another account.
 */
export async function openAwsWriter(
  deps: ProviderDeps,
  { profile, region, partition, account }: WriterChoice,
  signal: AbortSignal,
): Promise<Looked<AwsWriter>> {
  const { operation, permission, service } = getCallerIdentity;
  try {
    const sdk = openSdk(profile, await readProfiles(), deps, { attempts: 1 });
    const identity = await sdk.call(service, operation, {}, region, signal);
    const id: unknown = Reflect.get(identity, 'Account');
    const principal: unknown = Reflect.get(identity, 'Arn');
    const foundPartition = typeof principal === 'string' ? principal.split(':')[1] : undefined;
    if (id !== account || foundPartition !== partition)
      return unknown(
        'ACCOUNT_SWITCHED',
        `The credentials lead to the account ${printable(String(id))} now, not to ${printable(account)}: nothing was written.`,
      );
    return seen({
      ask: async (read, input, waiting) => {
        try {
          return seen(asAnswer(read, await sdk.call(read.service, read.operation, input, region, waiting)));
        } catch (error) {
          const asked = { operation: read.operation, permission: read.permission, region, profile };
          return { status: 'unknown', failure: failureOf(error, asked) };
        }
      },
      write: async (write, input, sending) => {
        // Aborted before it was sent, it was certainly not done; from here on nobody can say.
        if (sending.aborted)
          return {
            status: 'refused',
            because: 'failed',
            failure: { code: 'STOPPED', message: 'It was stopped before anything was sent.' },
          };
        try {
          return { status: 'taken', output: await sdk.call(write.service, write.operation, input, region, sending) };
        } catch (error) {
          return refusalOf(error, { operation: write.operation, permission: write.permission, region, profile });
        }
      },
    });
  } catch (error) {
    return { status: 'unknown', failure: failureOf(error, { operation, permission, region, profile }) };
  }
}
