import * as z from 'zod';
import type { JsonObject } from '../../domain/json.ts';

const answerForm = z.strictObject({
  answer: z.string(),
  statements: z.array(z.strictObject({ text: z.string(), exhibits: z.array(z.string()) })),
});

/** An answer whose form the schema has judged before. */
export function readAnswer(value: JsonObject): z.infer<typeof answerForm> {
  return answerForm.parse(value);
}
