import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { aGateHome, type GateHome } from '../support/gate-home.ts';
import type { Told } from '../support/cli.ts';
import { hasSshKeygen, realKey } from '../support/openssh.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

let home: GateHome;
let before: Readonly<Record<string, string>>;
beforeEach(() => {
  home = aGateHome();
  home.old('a.log');
  home.old('b.log');
  before = home.files();
});

/** As an agent's shell runs a command: no terminal, whatever it likes on standard input and in the environment. */
function asAgent(
  args: readonly string[],
  { stdin = '', env = {} }: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Told> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, ...args],
      { env: { ...home.env, ...env }, cwd: home.folder },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
      },
    );
    child.stdin?.end(stdin);
  });
}

async function nothingHappened(id: string): Promise<void> {
  expect((await home.plan(id)).status).toBe('queued');
  expect(home.files()).toEqual(before);
}

describe("an agent without a terminal can't approve its own draft", () => {
  it('with no combination of flags, no words on standard input, no marker in the environment', async () => {
    const { id, digest, shortCode } = await home.prune();
    const destroying = await home.prune('--set', 'mode=delete');
    const attempts: readonly (readonly [readonly string[], Parameters<typeof asAgent>[1]?])[] = [
      [['approve', id]],
      [['approve', id, '--digest', digest]],
      [['approve', id, '--digest', digest, '--code', shortCode]],
      [['approve', id, '--digest', digest, '--code', shortCode, '--allow-destructive', '--no-apply']],
      [['approve', id], { stdin: 'yes\n' }],
      [['approve', id], { stdin: `yes\r${shortCode}\r` }],
      [['approve', id, '--output', 'json'], { stdin: 'yes\n' }],
      [['approve', id, '--digest', digest, '--quiet'], { stdin: 'yes\n' }],
      [['approve', id, '--digest', digest], { env: { CI: 'true', GITHUB_ACTIONS: 'true', TERM: 'xterm' } }],
      [['approve', id, '--digest', digest], { env: { HOLDFAST_ALLOW_NON_INTERACTIVE: '1', FORCE_COLOR: '1' } }],
      [
        [
          'approve',
          destroying.id,
          '--digest',
          destroying.digest,
          '--allow-destructive',
          '--code',
          destroying.shortCode,
        ],
      ],
    ];
    for (const [args, given] of attempts) {
      const told = await asAgent(['plan', ...args], given);
      expect([args, told.code, told.stderr]).toEqual([args, 2, expect.stringContaining('APPROVAL_REFUSED')]);
    }
    for (const args of [
      ['apply', id],
      ['approve', id, '--yes'],
      ['approve', id, '--force'],
      ['approve', id, '--assurance', 'terminal'],
      ['approve', id, '--ci'],
      ['approve', id, '--policy', 'p.yaml'],
    ])
      expect([args, (await asAgent(['plan', ...args])).code]).toEqual([args, 2]);
    expect([
      (await asAgent(['plan', 'resume', id])).code,
      (await asAgent(['plan', 'resume', destroying.id])).code,
    ]).toEqual([2, 2]);

    await nothingHappened(id);
    await nothingHappened(destroying.id);
    const refusals = (await home.audited()).filter((line) => line.startsWith('approval-refused'));
    expect(refusals).toEqual(attempts.map(() => 'approval-refused APPROVAL_REFUSED'));
    expect((await home.holdfast('audit', 'verify')).code).toBe(0);
  });

  it('with a configuration of its own in the folder it works in', async () => {
    const { id, digest } = await home.prune();
    writeFileSync(join(home.folder, 'config.yaml'), 'approvals: { allowNonInteractive: true }\n');
    writeFileSync(join(home.folder, '.holdfast.yaml'), 'approvals: { allowNonInteractive: true }\n');
    expect((await asAgent(['plan', 'approve', id, '--digest', digest])).code).toBe(2);
    await nothingHappened(id);
  });

  it('with a policy that nobody trusted', async () => {
    writeFileSync(
      join(home.folder, 'mine.yaml'),
      'policy: mine\nowner: agent\nrules:\n  - { id: all, effect: allow, match: { action: "*" } }\n',
    );
    const plan = await home.prune('--policy', 'mine.yaml', '--apply');
    expect(plan).toMatchObject({ code: 10, status: 'queued' });
    await nothingHappened(plan.id);
  });
});

describe.skipIf(!hasSshKeygen)('a signature of an allowed signer (needs ssh-keygen)', () => {
  const signed = async (
    key: ReturnType<typeof realKey>,
    id: string,
    {
      args = [],
      namespace = 'holdfast-approval',
    }: { readonly args?: readonly string[]; readonly namespace?: string } = {},
  ): Promise<string> => {
    const { stdout } = await home.holdfast('plan', 'challenge', id, ...args);
    writeFileSync(join(home.folder, 'plan.txt.sig'), key.sign(stdout, namespace));
    return 'plan.txt.sig';
  };
  const signers = (...keys: readonly { readonly pub: string }[]): void =>
    home.configure(`approvals: { signers: ${JSON.stringify(keys.map(({ pub }, index) => `signer${index} ${pub}`))} }`);
  const approve = (id: string, file: string, ...more: string[]): Promise<Told> =>
    asAgent(['plan', 'approve', id, '--signature', file, ...more]);
  const refused = { code: 2, stderr: expect.stringMatching(/^(APPROVAL|PLAN)_\w+/) };

  it('approves without a terminal, and the plan says by whose key', async () => {
    const ana = realKey(home.folder, 'ana');
    signers(ana);
    const { id } = await home.prune();
    const told = await approve(id, await signed(ana, id));
    expect(told.code, told.stderr).toBe(0);
    const { status, grant } = await home.plan(id);
    expect([status, grant?.assurance, grant?.by]).toEqual([
      'verified',
      'signature',
      expect.stringMatching(/signer0 .*SHA256:/),
    ]);
    expect(home.files()).toEqual({});
  });

  it('is for one plan, one text, one namespace, one consent, and one of the signers', async () => {
    const [ana, eve] = [realKey(home.folder, 'ana'), realKey(home.folder, 'eve')];
    const { id } = await home.prune();
    signers();
    expect(await approve(id, await signed(ana, id))).toMatchObject(refused);
    signers(ana);
    expect(await approve(id, await signed(eve, id))).toMatchObject(refused);
    expect(await approve(id, await signed(ana, id, { namespace: 'file' }))).toMatchObject(refused);
    expect(await approve(id, await signed(ana, id, { namespace: 'holdfast-policy' }))).toMatchObject(refused);
    expect(await approve(id, await signed(ana, id, { args: ['--allow-destructive'] }))).toMatchObject(refused);
    const other = await home.prune('--why', 'another');
    expect(await approve(id, await signed(ana, other.id))).toMatchObject(refused);
    expect(await approve(id, 'none.sig')).toMatchObject(refused);
    writeFileSync(join(home.folder, 'empty.sig'), '');
    expect(await approve(id, 'empty.sig')).toMatchObject(refused);
    const good = await signed(ana, id);
    expect(await approve(id, good, '--digest', other.digest)).toMatchObject(refused);
    await nothingHappened(id);
    expect((await home.audited('--object', id)).filter((line) => line.startsWith('approval-refused'))).toHaveLength(9);
    expect((await approve(id, good)).code).toBe(0);
    expect(await approve(id, good)).toMatchObject(refused); // once
  });

  it('to a plan that destroys must consent to that, in what is signed and in what is said', async () => {
    const ana = realKey(home.folder, 'ana');
    signers(ana);
    const { id } = await home.prune('--set', 'mode=delete');
    const without = await signed(ana, id);
    expect(await approve(id, without)).toMatchObject(refused);
    expect(await approve(id, without, '--allow-destructive')).toMatchObject(refused);
    const consent = await signed(ana, id, { args: ['--allow-destructive'] });
    expect(await approve(id, consent)).toMatchObject(refused);
    await nothingHappened(id);
    expect((await approve(id, consent, '--allow-destructive')).code).toBe(0);
    expect(home.files()).toEqual({});
  });
});
