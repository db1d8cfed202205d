import { describe, expect, it } from 'vitest';
import { isModelRef, parseModelRef } from '../../src/domain/model.ts';

describe('a reference to a model', () => {
  it.each([
    ['ollama/gemma4:e4b', 'ollama', 'gemma4:e4b'],
    ['anthropic/claude-opus-4-6', 'anthropic', 'claude-opus-4-6'],
    ['openrouter/anthropic/claude-opus-4.6', 'openrouter', 'anthropic/claude-opus-4.6'],
    ['my-lab/Qwen/Qwen3-8B', 'my-lab', 'Qwen/Qwen3-8B'],
  ])('%s', (text, provider, model) => {
    expect(parseModelRef(text)).toEqual({ provider, model });
    expect(isModelRef(text)).toBe(true);
  });

  it.each([
    '',
    'gemma4',
    'ollama/',
    '/gemma4',
    'Ollama/x',
    'ollama/has space',
    'ollama/a\u202eb',
    `ollama/${'x'.repeat(201)}`,
  ])('is not %j', (text) => {
    expect(parseModelRef(text)).toBeNull();
    expect(isModelRef(text)).toBe(false);
  });
});
