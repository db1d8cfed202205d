/** The protocol of a request, by its path. */
export type Wire = 'ollama' | 'chat' | 'responses' | 'messages' | 'google';

/**
 * `/api/chat` is Ollama's own; `/v1/chat/completions` that of OpenAI, which llama.cpp, vLLM, LM Studio and OpenRouter speak;
 * `/v1/responses` OpenAI's newer one; `/v1/messages` Anthropic's; the rest is Google's generateContent.
 */
export function wireOf(url: URL): Wire {
  const { pathname } = url;
  if (pathname.includes('/api/') && !pathname.includes('/v1/')) return 'ollama';
  if (pathname.endsWith('/chat/completions')) return 'chat';
  if (pathname.endsWith('/responses')) return 'responses';
  if (pathname.endsWith('/messages')) return 'messages';
  return 'google';
}
