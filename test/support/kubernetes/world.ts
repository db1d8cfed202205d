import type { Check } from '../../../src/domain/check.ts';
import { createKubernetesReader, type KubernetesReader } from '../../../src/providers/kubernetes/reader.ts';
import { look, type Look } from '../look.ts';
import { createApi, type FakeApi, type StoredObject } from './api.ts';

export interface World {
  readonly api: FakeApi;
  readonly reader: KubernetesReader;
  /** What a check sees in this world, and what it says of it; `now` is the world's own unless given. */
  look<Params>(
    check: Check<KubernetesReader, Params>,
    params?: object,
    options?: Parameters<typeof look>[3],
  ): Promise<Look>;
}

/** What the worlds of tests call now. */
export const NOW = Date.parse('2026-11-20T16:30:00Z');

/** A cluster of these objects, in memory, read through the provider's own reader. Its context is `test`. */
export function worldOf(...objects: readonly StoredObject[]): World {
  const api = createApi(objects);
  const reader = createKubernetesReader({
    contexts: async () => ['test'],
    open: async () => ({ context: 'test', server: 'https://cluster.test:6443', ask: async (call) => api.answer(call) }),
  });
  return {
    api,
    reader,
    look: (check, params = {}, options = {}) => look(check, reader, params, { now: NOW, ...options }),
  };
}

/** An instant before the world's now, as objects have it: `ago(90)` is a minute and a half ago. */
export function ago(seconds: number): string {
  return new Date(NOW - seconds * 1_000).toISOString().replace('.000Z', 'Z');
}

/** What was said, in one line each and sorted: what a test compares. */
export function said({ drafts }: Look): readonly string[] {
  return drafts.map(({ discriminator, severity, title }) => `${severity} ${discriminator}: ${title}`).toSorted();
}
