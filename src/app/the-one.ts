import { CodedError } from '../domain/coded-error.ts';

/** The only thing that an id or its prefix fits: NOT_FOUND when there is none, AMBIGUOUS when there are several. */
export function theOne<T extends { readonly id: string }>(
  noun: 'finding' | 'run' | 'plan' | 'audit entry' | 'mute rule' | 'model call',
  id: string,
  found: readonly T[],
): T {
  const [first, ...others] = found;
  if (first === undefined) {
    throw new CodedError('NOT_FOUND', `there is no ${noun} "${id}"`, {
      next: LISTED[noun],
    });
  }
  if (others.length > 0 && !found.some((item) => item.id === id)) {
    const ids = found.slice(0, 5).map((item) => item.id);
    throw new CodedError(
      'AMBIGUOUS',
      `"${id}" fits ${found.length} ${noun === 'audit entry' ? 'audit entries' : `${noun}s`}: ${ids.join(', ')}`,
      {
        next: 'write more of the id',
      },
    );
  }
  return found.find((item) => item.id === id) ?? first;
}

const LISTED = {
  finding: 'holdfast findings lists them',
  run: 'holdfast runs lists them',
  plan: '`holdfast plan list --all` lists them',
  'audit entry': '`holdfast audit list` lists them',
  'mute rule': '`holdfast findings mute-rule list` lists them',
  'model call': '`holdfast egress list --all` lists them',
} as const;
