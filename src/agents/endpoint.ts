import { seen, unknown, type Looked } from '../domain/failure.ts';
import { parseModelRef, type ModelRef } from '../domain/model.ts';
import type { TokenPrice } from '../domain/spending.ts';

/** What the configuration and the environment say of models. */
export interface ModelSettings {
  readonly localOnly: boolean;
  readonly ollama: {
    /** null: OLLAMA_HOST, or the usual address. */
    readonly url: string | null;
    /** Milliseconds. */
    readonly keepAlive: number;
    readonly contextTokens: number;
  };
  /** The value of OLLAMA_HOST. */
  readonly ollamaHost: string | null;
  readonly endpoints: Readonly<Record<string, { readonly url: string; readonly contextTokens: number | null }>>;
  readonly prices: Readonly<Record<string, TokenPrice>>;
  /** How long a server may say nothing in the middle of an answer, milliseconds. */
  readonly silenceMs: number;
}

/** Where a model is asked. */
export interface Endpoint {
  readonly model: ModelRef;
  readonly provider: string;
  /** The model's name at its server. */
  readonly name: string;
  readonly kind: 'ollama' | 'compatible' | 'frontier';
  /** Without a slash at its end. */
  readonly url: string;
  /** Where the client library believes that it sends to; the door sends to `url` instead. */
  readonly official: string;
  readonly leavesMachine: boolean;
  /** How much the model takes in; null: not known. */
  readonly contextTokens: number | null;
}

/** The addresses of the frontier models. */
export const FRONTIER: Readonly<Record<string, string>> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com',
  google: 'https://generativelanguage.googleapis.com',
  openrouter: 'https://openrouter.ai',
};

export const OLLAMA_URL = 'http://127.0.0.1:11434';

/** MODEL_NONE for a provider that nobody knows. */
export function endpointOf(model: ModelRef, settings: ModelSettings): Looked<Endpoint> {
  const { provider, model: name } = parseModelRef(model) ?? { provider: '', model: '' };
  const named = Object.hasOwn(settings.endpoints, provider) ? settings.endpoints[provider] : undefined;
  const official = Object.hasOwn(FRONTIER, provider) ? FRONTIER[provider] : undefined;
  const at = (kind: Endpoint['kind'], url: string, from: string, contextTokens: number | null): Looked<Endpoint> =>
    seen({
      model,
      provider,
      name,
      kind,
      url: withoutSlash(url),
      official: withoutSlash(from),
      leavesMachine: !isLoopback(url),
      contextTokens,
    });
  if (provider === 'ollama') {
    const url = settings.ollama.url ?? ollamaUrl(settings.ollamaHost);
    return at('ollama', url, url, settings.ollama.contextTokens);
  }
  if (official !== undefined) return at('frontier', named?.url ?? official, official, named?.contextTokens ?? null);
  if (named !== undefined) return at('compatible', named.url, named.url, named.contextTokens);
  return unknown(
    'MODEL_NONE',
    `nobody knows where "${provider}" of ${model} is: use ollama, ${Object.keys(FRONTIER).join(', ')}, or name it under models.endpoints`,
  );
}

/** As Ollama's own client reads OLLAMA_HOST: `host`, `:port`, `host:port` or a URL; every address is reached by loopback. */
export function ollamaUrl(host: string | null): string {
  if (host === null || host.trim() === '') return OLLAMA_URL;
  const written = host.trim();
  const url = URL.parse(
    /^https?:\/\//.test(written) ? written : `http://${written.startsWith(':') ? `127.0.0.1${written}` : written}`,
  );
  if (url === null) return OLLAMA_URL;
  const hostname = url.hostname === '0.0.0.0' || url.hostname === '[::]' ? '127.0.0.1' : url.hostname;
  const hasPort = url.port !== '' || /:\d+\/?$/.test(written);
  const port = hasPort ? (url.port === '' ? '' : `:${url.port}`) : written.startsWith('http') ? '' : ':11434';
  return withoutSlash(`${url.protocol}//${hostname}${port}${url.pathname}`);
}

/** 127.0.0.0/8, ::1 and localhost. */
export function isLoopback(url: string): boolean {
  const hostname = URL.parse(url)?.hostname ?? '';
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
