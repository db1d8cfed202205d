import * as z from 'zod';
import { parseDuration } from './domain/duration.ts';
import { isModelRef } from './domain/model.ts';

const modelRef = z
  .string()
  .refine(isModelRef, { error: 'is not a model; write provider/model, such as ollama/gemma4:e4b' })
  .transform((text) => (isModelRef(text) ? text : z.NEVER));

/** No credential may stand in the file: neither in the URL nor beside it. */
const address = z
  .url({ protocol: /^https?$/, error: 'is not an http or https URL' })
  .refine((url) => URL.parse(url)?.username === '' && URL.parse(url)?.password === '', 'holds a credential');

const environmentVariable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of an environment variable');

const duration = z.string().transform((written, context) => {
  const ms = parseDuration(written);
  if (ms !== null && ms > 0) return ms;
  context.addIssue({ code: 'custom', message: `"${written}" is not a duration; write it like "30s" or "5m"` });
  return z.NEVER;
});

const dollars = z.number().min(0);

const endpoint = z.strictObject({
  url: address.describe(
    'Base URL of an OpenAI-compatible API: http://127.0.0.1:8080/v1; for a frontier provider, a gateway in its place',
  ),
  keyEnv: environmentVariable.optional().describe('Name of the environment variable that holds its key'),
  contextTokens: z.int().min(512).max(10_000_000).optional().describe('How much its models take in'),
});

export const modelsConfigSchema = z
  .strictObject({
    default: modelRef.optional().describe('Which model is asked where nobody says otherwise; none: none is asked'),
    escalate: modelRef.optional().describe('The stronger model that a runbook with `escalate` moves on to'),
    localOnly: z.boolean().default(false).describe('Whether models elsewhere than on this machine are forbidden'),
    ollama: z
      .strictObject({
        url: address.optional().describe('Where Ollama listens; default: OLLAMA_HOST, or http://127.0.0.1:11434'),
        keepAlive: duration.prefault('5m').describe('How long a model stays loaded after it was asked'),
        contextTokens: z
          .int()
          .min(2048)
          .max(1_000_000)
          .default(8192)
          .describe('num_ctx: Ollama reserves memory for so many tokens, at most what the model takes in'),
      })
      .prefault({}),
    endpoints: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'lower-case letters, digits and dashes'), endpoint)
      .default({})
      .describe('OpenAI-compatible servers by name: a model of `lab` is `lab/<model>`'),
    keyHelper: z
      .boolean()
      .default(true)
      .describe(
        "Whether a key that is in no environment variable is asked of the system's own store (secret-tool, security)",
      ),
    prices: z
      .record(
        modelRef,
        z.strictObject({
          inputPerMillion: dollars.describe('US dollars for a million tokens of the prompt'),
          outputPerMillion: dollars.describe('US dollars for a million tokens of the answer'),
        }),
      )
      .default({})
      .describe('What models cost you; a budget in dollars needs it'),
    usdPerDay: dollars.optional().describe('What all models together may cost in a day'),
    timeout: duration.prefault('2m').describe('How long one answer may take'),
    silence: duration.prefault('60s').describe('How long a server may say nothing in the middle of an answer'),
  })
  .describe('Models that explain, answer and draft; none is ever needed for a verdict');
