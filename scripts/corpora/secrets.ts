import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createKnownValues } from '../../src/domain/redaction/known-values.ts';
import { createRedactor, secretsIn } from '../../src/domain/redaction/redactor.ts';
import type { Layer } from '../../src/domain/redaction/span.ts';
import type { CaseResult, CorpusResult } from './result.ts';
import { SECRETS_LEFT } from './secrets-differences.ts';

interface Vector {
  readonly kind: 'tp' | 'fp';
  readonly text: string;
  readonly secrets?: readonly string[];
}

/** Runs every case of every `*.jsonl` in `folder` through the redactor; see the folder's ORIGIN.md for what agrees. */
export async function judge(folder: string): Promise<CorpusResult> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).toSorted();
  const cases: CaseResult[] = [];
  for (const file of files) {
    const lines = (await readFile(path.join(folder, file), 'utf8')).split('\n');
    const name = file.slice(0, -'.jsonl'.length);
    for (const [index, line] of lines.entries()) {
      if (line.trim() !== '') cases.push(judgeLine(`${name}:${index + 1}`, line));
    }
  }
  return { cases };
}

const redactor = createRedactor({ key: new TextEncoder().encode('a key for judging the corpora only') });

function judgeLine(id: string, line: string): CaseResult {
  const vector = parse(line);
  if (vector === null)
    return { id, verdict: 'not-covered', reason: 'The line is not a case of the form {kind, text, secrets?}.' };
  const redacted: string = redactor.text(vector.text);
  return vector.kind === 'tp' ? judgeSecret(id, vector, redacted) : judgeLookalike(id, vector, redacted);
}

function judgeSecret(id: string, vector: Vector, redacted: string): CaseResult {
  if (vector.text === '')
    return {
      id,
      verdict: 'not-covered',
      reason: 'The case has no text: its secret is a file, known by its name alone.',
    };
  const agrees =
    vector.secrets === undefined
      ? redacted !== vector.text
      : !vector.secrets.some((secret) => redacted.includes(secret));
  if (agrees) return { id, verdict: 'agree' };
  const reason = SECRETS_LEFT[id];
  return reason === undefined ? { id, verdict: 'differ' } : { id, verdict: 'differ', reason };
}

function judgeLookalike(id: string, vector: Vector, redacted: string): CaseResult {
  if (redacted === vector.text) return { id, verdict: 'agree' };
  const layers = [...new Set(secretsIn(vector.text, createKnownValues()).map((span) => span.layer))];
  return { id, verdict: 'differ', reason: layers.map((layer) => WHY_MASKED[layer]).join(' ') };
}

/** A redactor can't ask the issuer whether a token is valid; what looks like one is safer masked. */
const WHY_MASKED: Readonly<Record<Layer, string>> = {
  known: 'Holds a value that was learnt as a credential.',
  pattern:
    'Has the form in which an issuer marks its secrets; that this one is not valid (checksum, length, example) is not for a redactor to find out.',
  keyed: 'Stands under a name that says it is a secret; a mistyped or made-up one is masked like a real one.',
  shape: 'Looks random by itself or beside a word such as "token"; masking it is the safe side.',
  echo: 'Repeats a value that is masked elsewhere in the same text.',
};

function parse(line: string): Vector | null {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('text' in value)) return null;
  const { kind, text } = value;
  if ((kind !== 'tp' && kind !== 'fp') || typeof text !== 'string') return null;
  const secrets =
    'secrets' in value && Array.isArray(value.secrets)
      ? value.secrets.filter((secret) => typeof secret === 'string')
      : undefined;
  return secrets === undefined ? { kind, text } : { kind, text, secrets };
}
