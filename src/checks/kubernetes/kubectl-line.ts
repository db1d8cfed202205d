import { shellQuote } from '../shell-quote.ts';

/** A kubectl command that only reads, to be pasted: `kubectl --context prod -n shop get pod web-0 -o yaml`. */
export function kubectlLine(context: string, namespace: string | undefined, ...words: readonly string[]): string {
  const place = namespace === undefined || namespace === '' ? [] : ['-n', namespace];
  return ['kubectl', '--context', context, ...place, ...words].map(shellQuote).join(' ');
}
