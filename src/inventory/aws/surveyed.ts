import type { Survey } from '../../providers/aws/surveys/survey.ts';
import type { Scan } from './scan.ts';

/** Hides what a survey could not read: `kinds` says which facts a kind of its things is made into. */
export function hideUnread(
  scan: Scan,
  { hidden }: Pick<Survey<unknown>, 'hidden'>,
  kinds: (kind: string) => readonly string[],
): void {
  for (const { kind, name, failure } of hidden) for (const fact of kinds(kind)) scan.hide(fact, name, failure);
}
