import { shortHash } from '../domain/id.ts';
import type { JsonObject } from '../domain/json.ts';
import { notifyConfigSchema, type NamedWay, type NotifyConfig } from '../notify-config.ts';

/**
 * A way whose address stands in a runbook. Its name is safe to keep and to show: of a URL it holds the
 * host only, and a hash that tells two of them apart. `way` is null when the address can not be used.
 */
export function addressed(
  target: JsonObject,
  config: NotifyConfig,
): { readonly name: string; readonly way: NamedWay | null } {
  const first = Object.entries(target)[0];
  const [kind, address] = first ?? ['', ''];
  const text = typeof address === 'string' ? address : '';
  const written = settingsOf(kind, text, config);
  const checked = written === null ? null : notifyConfigSchema.safeParse({ ways: { it: written } });
  const way = checked?.success === true ? (checked.data.ways['it'] ?? null) : null;
  return { name: `${kind}:${labelOf(kind, text)}#${shortHash(text)}`, way };
}

/** What the short form in a runbook says, in the words of the configuration. */
function settingsOf(kind: string, address: string, config: NotifyConfig): object | null {
  switch (kind) {
    case 'file':
      return { file: { path: address } };
    case 'webhook':
      return { webhook: { url: address } };
    case 'ntfy':
      return ntfySettings(address);
    case 'email':
      return emailSettings(address, config);
    default:
      return null;
  }
}

/** `https://ntfy.example.com/topic`: a topic alone would have to go to a server that nobody named. */
function ntfySettings(address: string): JsonObject | null {
  const url = URL.parse(address);
  const topic = url?.pathname.split('/').at(-1);
  if (url === null || topic === undefined || url.search !== '') return null;
  return { ntfy: { server: url.href.slice(0, -topic.length), topic } };
}

/** The address of a person says nothing of a server: that of the first e-mail way of the configuration is used. */
function emailSettings(address: string, config: NotifyConfig): object | null {
  for (const way of Object.values(config.ways)) if ('email' in way) return { email: { ...way.email, to: [address] } };
  return null;
}

function labelOf(kind: string, address: string): string {
  if (kind === 'file') return address.split('/').at(-1)?.slice(0, 40) ?? '';
  if (kind === 'email') return 'address';
  return URL.parse(address)?.host ?? 'address';
}
