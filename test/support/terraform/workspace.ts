import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { tempFolder } from '../temp.ts';
import { LINEAGE, savedPlan, type ApplyScript, type SavedPlan } from './saved-plan.ts';

const callSchema = z.object({
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  plan: z.object({ digest: z.string(), mode: z.number(), folderMode: z.number() }).nullable(),
});
export type Call = z.infer<typeof callSchema>;

/** An initialised working directory with a saved plan `plan.bin` and the stand-in on a PATH of its own. */
export interface Workspace {
  readonly dir: string;
  /** For the reader's and writer's environment. */
  readonly path: string;
  writePlan(plan: Partial<SavedPlan>, name?: string): void;
  writeState(serial: number, resources: readonly JsonObject[], lineage?: string): void;
  calls(): readonly Call[];
}

export function workspace(plan: Partial<SavedPlan> = {}): Workspace {
  const root = tempFolder();
  const dir = join(root, 'infra');
  const bin = join(root, 'bin');
  mkdirSync(join(dir, '.terraform'), { recursive: true });
  mkdirSync(bin);
  const standIn = fileURLToPath(new URL('stand-in.ts', import.meta.url));
  // Each test starts it several times; compiled once, it starts in a third of the time.
  const cache = fileURLToPath(new URL('../../../node_modules/.cache/stand-in', import.meta.url));
  for (const name of ['terraform', 'tofu'])
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\nexport NODE_COMPILE_CACHE='${cache}'\nexec '${process.execPath}' '${standIn}' "$@"\n`,
      { mode: 0o755 },
    );
  writeFileSync(join(dir, '.terraform.lock.hcl'), 'provider "example/test" { version = "1.0.0" }\n');

  const made: Workspace = {
    dir,
    path: bin,
    writePlan: (changes, name = 'plan.bin') =>
      writeFileSync(join(dir, name), savedPlan({ ...PLAN, ...plan, ...changes })),
    writeState: (serial, resources, lineage = LINEAGE) =>
      writeFileSync(join(dir, 'state.json'), JSON.stringify({ version: 4, lineage, serial, outputs: {}, resources })),
    calls: () => {
      const file = join(dir, 'calls.jsonl');
      if (!existsSync(file)) return [];
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      return lines.map((line) => callSchema.parse(JSON.parse(line)));
    },
  };
  made.writePlan({});
  made.writeState(7, [inState('a', 'old')]);
  return made;
}

/** A change as `show -json` has it. */
export function changeOf(
  name: string,
  actions: readonly string[],
  values: JsonObject = {},
  more: JsonObject = {},
): JsonObject {
  const base = { before: null, after: null, after_unknown: {}, before_sensitive: {}, after_sensitive: {} };
  return {
    address: `test_thing.${name}`,
    mode: 'managed',
    type: 'test_thing',
    name,
    provider_name: 'registry.example/example/test',
    change: { actions: [...actions], ...base, ...values },
    ...more,
  };
}

export function shownPlan(changes: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    format_version: '1.2',
    terraform_version: '1.14.0',
    planned_values: {},
    resource_changes: [...changes],
    errored: false,
    applyable: true,
    complete: true,
    ...more,
  };
}

export function inState(...names: readonly string[]): JsonObject {
  const [name = '', value = ''] = names;
  return { mode: 'managed', type: 'test_thing', name, provider: 'x', instances: [{ attributes: { value } }] };
}

export function hook(
  type: 'apply_start' | 'apply_complete' | 'apply_errored',
  name: string,
  action: string,
): JsonObject {
  return { type, hook: { resource: { addr: `test_thing.${name}` }, action } };
}

export function summary(add: number, change: number, remove: number): JsonObject {
  return { type: 'change_summary', changes: { add, change, remove, operation: 'apply' } };
}

export function errorLine(text: string, detail = ''): JsonObject {
  return { '@level': 'error', type: 'diagnostic', diagnostic: { severity: 'error', summary: text, detail } };
}

/** One created, one updated. */
const APPLY: ApplyScript = {
  says: [
    hook('apply_start', 'b', 'create'),
    hook('apply_complete', 'b', 'create'),
    hook('apply_start', 'a', 'update'),
    hook('apply_complete', 'a', 'update'),
    summary(1, 1, 0),
    { type: 'outputs', outputs: { password: { sensitive: true, type: 'string', value: 'hunter2-lab-only' } } },
  ],
  exit: 0,
  state: [inState('a', 'new'), inState('b', 'new')],
};

const SHOW: JsonValue = shownPlan([
  changeOf('b', ['create'], {
    after: { size: 2, password: 'hunter2-lab-only' },
    after_unknown: { id: true },
    after_sensitive: { password: true },
  }),
  changeOf('a', ['update'], { before: { value: 'old', same: 1 }, after: { value: 'new', same: 1 } }),
]);

const PLAN: SavedPlan = {
  backend: 'local',
  workspace: 'default',
  lineage: LINEAGE,
  serial: 7,
  show: SHOW,
  apply: APPLY,
};
