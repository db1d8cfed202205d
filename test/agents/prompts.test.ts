import { describe, expect, it } from 'vitest';
import {
  answerPrompt,
  answerSchema,
  exhibitsShown,
  roomFor,
  toolsPrompt,
} from '../../src/agents/investigate/prompts.ts';
import { redactedStart } from '../../src/domain/redaction/redacted-start.ts';
import { redactor } from '../support/sighting.ts';

const TOKEN = 'ghp_q7Xw2LkP9vRt4ZsB8nMc6YdF1hJg3KaE5uTo';

/** Any eight characters of the token in a row. */
function leaks(text: string): boolean {
  return Array.from({ length: TOKEN.length - 7 }, (_, at) => TOKEN.slice(at, at + 8)).some((part) =>
    text.includes(part),
  );
}

describe('a secret that lies across a cut', () => {
  it('leaves no half of it, wherever the cut is', () => {
    for (let before = 0; before <= 100; before += 1)
      expect(leaks(redactedStart(redactor, `${'x '.repeat(before)}${TOKEN} and more words behind it`, 100))).toBe(
        false,
      );
  });

  it.each([1_024, 4_096, 8_192, null])('reaches no prompt of a window of %s tokens', (contextTokens) => {
    for (let before = 0; before <= 4_400; before += 20) {
      const text = `${'x'.repeat(before)} ${TOKEN} ${'y '.repeat(3_000)}`;
      const shown = { question: text, instructions: text, exhibits: [], contextTokens, redactor };
      expect(leaks(toolsPrompt(shown)) || leaks(answerPrompt(shown))).toBe(false);
    }
  });
});

describe('the room of a prompt', () => {
  const exhibit = (index: number) => ({
    id: `e${index}` as const,
    source: 'kubernetes/nodes',
    input: {},
    text: redactor.text('痛い\n'.repeat(2_000)),
  });

  it.each([
    [1_024, 3],
    [8_192, 20],
    [8_192, 60],
    [null, 60],
  ])('of %s tokens holds in bytes, for %i exhibits, whatever the script', (contextTokens, count) => {
    const exhibits = Array.from({ length: count }, (_, index) => exhibit(index + 1));
    const shown = { question: '痛'.repeat(9_000), instructions: '痛'.repeat(9_000), exhibits, contextTokens, redactor };
    expect(Buffer.byteLength(answerPrompt(shown))).toBeLessThanOrEqual(roomFor(contextTokens));
  });

  it('says how many exhibits it left out, and offers no id of theirs', () => {
    const exhibits = Array.from({ length: 60 }, (_, index) => exhibit(index + 1));
    const shown = { question: 'q', instructions: null, exhibits, contextTokens: 8_192, redactor };
    const seen = exhibitsShown(shown);
    expect(answerPrompt(shown)).toContain(`${60 - seen.length} more things were read`);
    expect(JSON.stringify(answerSchema(seen))).not.toContain('"e60"');
  });
});
