import { describe, expect, it } from 'vitest';
import { endpointOf, isLoopback, ollamaUrl, type ModelSettings } from '../../src/agents/endpoint.ts';

const SETTINGS: ModelSettings = {
  localOnly: false,
  ollama: { url: null, keepAlive: 300_000, contextTokens: 8192 },
  ollamaHost: null,
  endpoints: {
    lab: { url: 'http://127.0.0.1:8080/v1/', contextTokens: 4096 },
    far: { url: 'http://gpu-box:8080/v1', contextTokens: null },
    anthropic: { url: 'https://gateway.example.com/anthropic', contextTokens: null },
  },
  prices: {},
  silenceMs: 1_000,
};

describe('where a model is asked', () => {
  it.each([
    ['ollama/gemma4:e4b', 'ollama', 'http://127.0.0.1:11434', 'gemma4:e4b', false],
    ['lab/qwen3', 'compatible', 'http://127.0.0.1:8080/v1', 'qwen3', false],
    ['far/qwen3', 'compatible', 'http://gpu-box:8080/v1', 'qwen3', true],
    ['openai/gpt-5.2', 'frontier', 'https://api.openai.com', 'gpt-5.2', true],
    ['anthropic/claude-opus-4-6', 'frontier', 'https://gateway.example.com/anthropic', 'claude-opus-4-6', true],
    ['openrouter/qwen/qwen3', 'frontier', 'https://openrouter.ai', 'qwen/qwen3', true],
  ] as const)('%s', (ref, kind, url, name, leavesMachine) => {
    expect(endpointOf(ref, SETTINGS)).toMatchObject({ status: 'seen', value: { kind, url, name, leavesMachine } });
  });

  it('is unknown of a provider that nobody named', () => {
    expect(endpointOf('mistral/large', SETTINGS)).toMatchObject({
      status: 'unknown',
      failure: { code: 'MODEL_NONE', message: expect.stringContaining('models.endpoints') },
    });
    expect(endpointOf('constructor/x', SETTINGS).status).toBe('unknown');
  });
});

describe('OLLAMA_HOST', () => {
  it.each([
    [null, 'http://127.0.0.1:11434'],
    ['', 'http://127.0.0.1:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:9999', 'http://127.0.0.1:9999'],
    [':9999', 'http://127.0.0.1:9999'],
    ['gpu-box', 'http://gpu-box:11434'],
    ['gpu-box:80', 'http://gpu-box'],
    ['http://gpu-box', 'http://gpu-box'],
    ['https://ollama.example.com/base/', 'https://ollama.example.com/base'],
    ['http://[::]:11434', 'http://127.0.0.1:11434'],
  ])('%j is %s', (host, url) => {
    expect(ollamaUrl(host)).toBe(url);
  });
});

describe('an address of this machine', () => {
  it.each(['http://127.0.0.1:1', 'http://127.9.9.9', 'http://localhost:11434', 'http://[::1]:8080/v1'])(
    'is %s',
    (url) => {
      expect(isLoopback(url)).toBe(true);
    },
  );

  it.each([
    'http://10.0.0.1',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'https://api.openai.com',
    'junk',
  ])('is not %s', (url) => {
    expect(isLoopback(url)).toBe(false);
  });
});
