/**
 * Stands in for terraform and tofu: a program that answers `version`, `show`, `state pull` and `apply` in the
 * documented formats. What it says of a plan, and does with it, is in the plan file (saved-plan.ts); the state is
 * ./state.json, and what it was called with goes to ./calls.jsonl. As the real one does (OpenTofu
 * internal/backend/local/backend_local.go), it compares the plan's lineage and serial with the state before it begins.
 */
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { digestOfBytes } from '../../../src/domain/digest.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { originOf } from '../../../src/providers/terraform/plan-file.ts';
import { fileInZip } from '../../../src/providers/terraform/zip.ts';
import type { ApplyScript } from './saved-plan.ts';

const args = process.argv.slice(2);
const ours = Object.entries(process.env).filter(([name]) => /^(TF_|CHECKPOINT_|AWS_)/.test(name));
const given = args.at(-1) ?? '';
const isFile = existsSync(given) && statSync(given).isFile();
const call = {
  args: isFile ? args.slice(0, -1) : args,
  env: Object.fromEntries(ours),
  plan: isFile
    ? {
        digest: digestOfBytes(readFileSync(given)),
        mode: statSync(given).mode & 0o777,
        folderMode: statSync(dirname(given)).mode & 0o777,
      }
    : null,
};
appendFileSync('calls.jsonl', `${JSON.stringify(call)}\n`);

switch (args[0]) {
  case 'version':
    print(
      existsSync('version.json')
        ? readFileSync('version.json', 'utf8')
        : JSON.stringify({ terraform_version: '1.14.0' }),
    );
    break;
  case 'show':
    print(part('stand-in/show'));
    break;
  case 'state':
    if (existsSync('state.json')) print(readFileSync('state.json', 'utf8'));
    break;
  case 'apply':
    apply();
    break;
  default:
    process.exitCode = 1;
}

function apply(): void {
  say({ type: 'version', terraform: '1.14.0', ui: '1.2' });
  if (existsSync('lock-held')) return fail('Error acquiring the state lock');
  const origin = originOf({ bytes: readFileSync(given) });
  if (origin.status === 'unknown') return fail(`Failed to load "${given}" as a plan file`);
  const { lineage, serial } = stateNow();
  if (origin.value.lineage !== null && origin.value.lineage !== lineage)
    return fail('Saved plan does not match the given state');
  if (origin.value.serial !== serial) return fail('Saved plan is stale');

  const script: ApplyScript = JSON.parse(part('stand-in/apply'));
  for (const line of script.says) say(line);
  const finish = (): void => {
    for (const line of script.after ?? []) say(line);
    if (script.state !== null) keepState(script.state, lineage, serial);
    process.exit(script.exit);
  };
  switch (script.ends ?? 'by-itself') {
    case 'by-itself':
      return finish();
    case 'interrupted':
      process.on('SIGINT', finish);
      return waitFor('never', finish);
    case 'not':
      process.on('SIGINT', () => appendFileSync('interrupts', '.'));
      return waitFor('release', finish);
    case 'killed':
      process.kill(process.pid, 'SIGKILL');
  }
}

/** Goes on when the file is there; ends by itself after a while, so that no test leaves it behind. */
function waitFor(file: string, then: () => void): void {
  writeFileSync('waiting', String(process.pid));
  let rounds = 0;
  const timer = setInterval(() => {
    rounds += 1;
    if (!existsSync(file) && rounds < 3_000) return;
    clearInterval(timer);
    then();
  }, 10);
}

function stateNow(): { lineage: string; serial: number } {
  return existsSync('state.json') ? JSON.parse(readFileSync('state.json', 'utf8')) : { lineage: '', serial: 0 };
}

function keepState(resources: readonly JsonObject[], lineage: string, serial: number): void {
  const now = { version: 4, lineage: lineage || 'made-by-the-stand-in', serial: serial + 1, outputs: {}, resources };
  writeFileSync('state.json', JSON.stringify(now));
}

function fail(summary: string): void {
  say({ '@level': 'error', type: 'diagnostic', diagnostic: { severity: 'error', summary, detail: '' } });
  process.exitCode = 1;
}

function say(message: JsonObject): void {
  print(`${JSON.stringify({ '@level': 'info', '@message': '', '@module': 'terraform.ui', ...message })}\n`);
}

/** To the end, before anything else: what is printed must not be lost when it exits. */
function print(text: string): void {
  writeFileSync(1, text);
}

function part(name: string): string {
  return fileInZip(readFileSync(given), name, 2 ** 26)?.toString('utf8') ?? '';
}
