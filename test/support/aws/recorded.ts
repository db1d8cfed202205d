import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '../../../src/providers/aws/services.ts';
import { RawAnswer, type FakeAws } from './fake-aws.ts';
import { decode } from './wire.ts';

/** Where the raw answers of an emulation of AWS are: RECORDINGS_DIR, or ../shared/recordings. The folder may be absent. */
const FOLDER = join(
  process.env['RECORDINGS_DIR'] ?? fileURLToPath(new URL('../../../../shared/recordings', import.meta.url)),
  'aws',
);

export const hasRecordings = existsSync(FOLDER);

export interface Recording {
  readonly name: string;
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly answer: RawAnswer;
}

interface RecordedFile {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly json?: unknown;
  };
}

/** Every recorded call of an API of AWS, with what was answered, byte for byte. */
export async function recordings(): Promise<readonly Recording[]> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && !name.startsWith('('));
  const read = names.map(async (file): Promise<Recording | null> => {
    const { name, request, response } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as RecordedFile;
    const asked = await decode({ ...request, body: request.body ?? '' });
    if (asked === null) return null;
    const kept = Object.entries(response.headers).filter(([key]) => KEPT_HEADERS.has(key.toLowerCase()));
    const body = response.body ?? (response.json === undefined ? '' : JSON.stringify(response.json));
    const answer = new RawAnswer({ status: response.status, headers: Object.fromEntries(kept), body });
    return { ...asked, name, answer };
  });
  return (await Promise.all(read)).filter((recording) => recording !== null);
}

const KEPT_HEADERS = new Set(['content-type', 'x-amzn-errortype', 'x-amzn-query-error']);

/** The fake answers what was recorded to the very same question, and refuses everything else. */
export function replay(aws: FakeAws, recorded: readonly Recording[]): void {
  for (const [operation, some] of Map.groupBy(recorded, (each) => `${each.service}.${each.operation}` as const))
    aws.on(operation, (input: object) => {
      const wanted = JSON.stringify(input);
      const found = some.find((each) => JSON.stringify(each.input) === wanted);
      if (found === undefined) throw new Error(`nothing was recorded for ${operation} ${wanted}`);
      return found.answer;
    });
}
