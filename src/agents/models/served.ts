import { seen, unknown, type Looked } from '../../domain/failure.ts';
import type { Passage } from '../door.ts';
import type { Endpoint } from '../endpoint.ts';
import { ModelTrouble } from '../failed.ts';
import { at, countAt, json, textAt } from '../wire/fields.ts';
import type { OllamaModel } from './ollama.ts';

/** The models of an OpenAI-compatible server, by `/models`; llama.cpp says how much its model takes in. */
export async function listServed(endpoint: Endpoint, passage: Passage): Promise<Looked<readonly OllamaModel[]>> {
  try {
    const response = await passage.send(`${endpoint.url}/models`);
    const data = at(json(await response.text()), 'data');
    if (!Array.isArray(data)) return unknown('MODEL_REFUSED', `${new URL(endpoint.url).host} does not list its models`);
    return seen(
      data.flatMap((one: unknown) => {
        const name = textAt(one, 'id');
        if (name === null) return [];
        const contextTokens = countAt(one, 'meta', 'n_ctx_train') ?? countAt(one, 'max_model_len');
        return [{ name, digest: null, size: countAt(one, 'meta', 'size'), capabilities: [], contextTokens }];
      }),
    );
  } catch (error) {
    if (error instanceof ModelTrouble) return { status: 'unknown', failure: error.failure };
    throw error;
  }
}
