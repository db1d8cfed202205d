import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { countChanges, countWords } from '../../../../src/maker/actions/terraform/change-counts.ts';
import { planLines } from '../../../../src/maker/actions/terraform/plan-lines.ts';
import { parseShownPlan, type ShownPlan } from '../../../../src/maker/actions/terraform/shown-plan.ts';

const folder = join(
  process.env['CORPORA_DIR'] ?? fileURLToPath(new URL('../../../../../shared/corpora', import.meta.url)),
  'terraform-plan',
);

function read(file: string): ReturnType<typeof parseShownPlan> {
  return parseShownPlan(readFileSync(join(folder, file), 'utf8'));
}

function plan(name: string): ShownPlan {
  const looked = read(join(name, 'output.json'));
  if (looked.status === 'unknown') throw new Error(`${name}: ${looked.failure.message}`);
  return looked.value;
}

test.skipIf(!existsSync(folder))(
  'every plan that OpenTofu shows in its own tests is understood, and no state is',
  () => {
    const files = globSync('**/*.json', { cwd: folder });
    expect(files.length).toBeGreaterThan(20);
    const understood = files.filter((file) => read(file).status === 'seen').map((file) => dirname(file));
    const states = files.map((file) => dirname(file)).filter((file) => file.startsWith('show-json-state'));
    expect(understood.toSorted()).toEqual(
      files
        .map((file) => dirname(file))
        .filter((file) => !states.includes(file))
        .toSorted(),
    );
  },
);

test.skipIf(!existsSync(folder)).for<[string, string]>([
  ['show-json/basic-create', '3 to create, 1 output to change'],
  ['show-json/basic-delete', '1 to update, 1 to destroy, 1 output to change'],
  ['show-json/basic-update', ''],
  ['show-json/requires-replace', '1 to replace'],
  ['show-json/moved', '1 to update'],
  ['show-json/multi-resource-update', '1 to create, 1 to move'],
  ['show-json/drift', '2 to update'],
  ['show-json-identity/destroy', '1 to destroy'],
])('%s: %s', ([name, words]) => {
  expect(countWords(countChanges(plan(name)))).toBe(words);
});

test.skipIf(!existsSync(folder))('sensitive values, drift, moves and replacements are shown for what they are', () => {
  expect(plan('show-json/plan-error').errored).toBe(true);
  const sensitive = planLines(plan('show-json/sensitive-values'));
  expect(sensitive).toEqual([
    '+ create test_instance.test',
    '    ami: none -> [sensitive]',
    '    id: none -> (known after apply)',
    '+ output test',
    '    test: none -> [sensitive]',
  ]);
  expect(planLines(plan('show-json/drift'))).toContain(
    'drift: test_instance.should_refresh was changed outside (update)',
  );
  expect(planLines(plan('show-json/requires-replace'))[0]).toContain(
    '(delete, then create; replace because cannot update)',
  );
  expect(planLines(plan('show-json/moved'))[0]).toContain('(was ');
});
