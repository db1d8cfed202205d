import type { Action, ActionCatalog } from '../domain/action.ts';
import { CodedError } from '../domain/coded-error.ts';
import { excerpt } from '../domain/excerpt.ts';
import type { Mistake, Place } from '../domain/mistake.ts';
import type { Remediation } from '../domain/runbook.ts';
import { suggest } from '../domain/suggest.ts';
import type { YamlTree } from '../yaml/yaml-tree.ts';

/** What is wrong with the actions that a runbook proposes: one that there is not, or parameters that it does not take. */
export async function remedyMistakes(
  remedies: readonly Remediation[],
  tree: YamlTree,
  file: string,
  actions: ActionCatalog,
): Promise<readonly Mistake[]> {
  const found = await Promise.all(
    remedies.map(async ({ propose, with: params }, index): Promise<readonly Mistake[]> => {
      const tell = (code: Mistake['code'], place: Place, message: string): Mistake => ({
        level: 'error',
        code,
        message,
        where: { file, ...place },
        next: 'holdfast actions list',
      });
      const action = await actionOf(propose, actions);
      if (action === null) {
        const near = suggest(
          propose,
          actions.refs.map((ref) => ref.slice(0, ref.lastIndexOf('@'))),
        );
        const message = `there is no action ${excerpt(propose)}${near === null ? '' : `; did you mean ${near}?`}`;
        return [tell('RUNBOOK_ACTION_UNKNOWN', tree.valueAt(['onFinding', index, 'propose']), message)];
      }
      const judged = action.params.safeParse(params);
      if (judged.success) return [];
      const place = tree.valueAt(['onFinding', index, 'with']);
      return judged.error.issues.map(({ path, message }) =>
        tell('RUNBOOK_PARAMS_INVALID', place, `${[action.id, ...path.map(String)].join(' ')}: ${message}`),
      );
    }),
  );
  return found.flat();
}

async function actionOf(named: string, actions: ActionCatalog): Promise<Action | null> {
  try {
    return await actions.load(named);
  } catch (error) {
    if (error instanceof CodedError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
