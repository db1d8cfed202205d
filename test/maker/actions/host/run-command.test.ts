import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HostCommand } from '../../../../src/domain/action-settings.ts';
import { action as run } from '../../../../src/maker/actions/host/run-command.ts';
import { applied, done, inHand, parsed, refusal, sealed, valueOf, world } from '../../../support/host-actions/steps.ts';
import { tempFolder } from '../../../support/temp.ts';

/** A machine with a script that the configuration names `job`; `out` is what the script may write to. */
function machine(script: string, edit: Partial<HostCommand> = {}, others: Record<string, HostCommand> = {}) {
  const folder = tempFolder();
  const [program, out] = [join(folder, 'job.sh'), join(folder, 'out')];
  writeFileSync(program, `#!/bin/bash\nout='${out}'\n${script}\n`);
  chmodSync(program, 0o755);
  const job = command([program, '--days', '{days}', 'x{days}', '{zone}'], {
    params: { days: { integer: { min: 1, max: 30 } }, zone: { oneOf: ['a b', '$(id)', '-rf', '{days}', 'n\nl'] } },
    ...edit,
  });
  const commands = { job, ...others };
  return { program, out, commands, at: world({ commands }) };
}

function command(argv: readonly string[], edit: Partial<HostCommand> = {}): HostCommand {
  return { title: 'A job', argv, params: {}, timeoutMs: 20_000, destructive: true, undo: null, verify: null, ...edit };
}

const JOB = { command: 'job', args: { days: 7, zone: 'a b' } };
const TELL = `printf '%s\\n' "$@" > "$out"; env | cut -d= -f1 | sort > "$out.env"; pwd > "$out.pwd"; cat > "$out.stdin"`;

describe('what is run', () => {
  test('is the argument vector of the configuration, with each value as one argument and nothing expanded', async () => {
    const { out, at, program } = machine(TELL);
    const { step, receipt, verified } = await done(run, JOB, at);
    expect(readFileSync(out, 'utf8')).toBe('--days\n7\nx{days}\na b\n');
    expect(receipt).toEqual({ exit: 0 });
    expect(verified.asPromised).toBe(true);
    expect(step).toMatchObject({
      resource: 'host:test/command/job',
      before: { rests: { argv: [program, '--days', '7', 'x{days}', 'a b'] } },
      preview: { diff: [`$ "${program}"`, '  "--days"', '  "7"', '  "x{days}"', '  "a b"'] },
      destructive: true,
      cost: { amount: null },
    });
  });

  test.each(['$(id)', '{days}'])('a value like %s stays what it is', async (zone) => {
    const { out, at } = machine(TELL);
    await done(run, { command: 'job', args: { days: '7', zone } }, at);
    expect(readFileSync(out, 'utf8').split('\n')[3]).toBe(zone);
  });

  test('has next to nothing around it: a small environment, / as its folder, no input', async () => {
    const { out, at } = machine(TELL);
    await done(run, JOB, at);
    expect(
      readFileSync(`${out}.env`, 'utf8')
        .trim()
        .split('\n')
        .filter((name) => !['_', 'SHLVL', 'PWD'].includes(name)),
    ).toEqual(['HOME', 'LANG', 'PATH']);
    expect(readFileSync(`${out}.pwd`, 'utf8')).toBe('/\n');
    expect(readFileSync(`${out}.stdin`, 'utf8')).toBe('');
  });
});

describe('what is refused', () => {
  test.each([
    [{ days: 7 }, '"zone" is missing'],
    [{ days: 7, zone: 'a b', more: 1 }, '"more" is not one of its parameters'],
    [{ days: 31, zone: 'a b' }, 'whole number from 1 to 30'],
    [{ days: '7.5', zone: 'a b' }, 'whole number'],
    [{ days: '07', zone: 'a b' }, 'whole number'],
    [{ days: ' 7', zone: 'a b' }, 'whole number'],
    [{ days: -1, zone: 'a b' }, 'begins with "-"'],
    [{ days: 7, zone: '-rf' }, 'begins with "-"'],
    [{ days: 7, zone: 'n\nl' }, 'line break'],
    [{ days: 7, zone: 'A B' }, 'not one of'],
    [{ days: 7, zone: 'x\u001b[2J' }, 'x\\u{1b}[2J'],
  ])('%j, with a word on %s', async (args, word) => {
    const { at } = machine(TELL);
    await expect(sealed(run, { command: 'job', args }, at)).rejects.toThrow(word);
  });

  test('a command that the configuration does not name, inherited names among them', async () => {
    const { at } = machine(TELL);
    expect(await refusal(run, { command: 'other' }, at)).toBe('COMMAND_NOT_ALLOWED');
    expect(await refusal(run, { command: 'constructor' }, at)).toBe('COMMAND_NOT_ALLOWED');
    expect(await refusal(run, { ...JOB, args: JSON.parse('{"days":7,"zone":"a b","constructor":"x"}') }, at)).toBe(
      'ARGS_REFUSED',
    );
  });

  test('a program that is not there, can not be run, or may be written by others', async () => {
    const { at, program } = machine(TELL);
    chmodSync(program, 0o777);
    expect(await refusal(run, JOB, at)).toBe('PROGRAM_UNSAFE');
    chmodSync(program, 0o644);
    expect(await refusal(run, JOB, at)).toBe('EACCES');
    renameSync(program, `${program}.away`);
    expect(await refusal(run, JOB, at)).toBe('PROGRAM_NOT_FOUND');
  });
});

describe('what is sealed', () => {
  test.each<[string, (program: string) => void]>([
    ['was rewritten in place', (program) => writeFileSync(program, '#!/bin/bash\nrm -rf x\n')],
    [
      'was replaced',
      (program) => (
        renameSync(program, `${program}.old`),
        writeFileSync(program, readFileSync(`${program}.old`)),
        chmodSync(program, 0o755)
      ),
    ],
  ])('a program that %s makes it stale', async (_, change) => {
    const { at, program } = machine(TELL);
    const step = await sealed(run, JOB, at);
    change(program);
    expect(await applied(run, step, at)).toBe('stale');
  });

  test.each<[string, Partial<HostCommand>]>([
    ['argv', { argv: ['/bin/true'] }],
    ['its timeout', { timeoutMs: 1 }],
    ['what its parameters may be', { params: { days: { integer: { min: 1, max: 8 } }, zone: { oneOf: ['a b'] } } }],
    ['its undo', { undo: 'job' }],
  ])('a configuration whose %s changed makes it stale', async (_, edit) => {
    const { at, commands, out } = machine(TELL);
    const step = await sealed(run, JOB, at);
    const hand = () => inHand(run, step, world({ commands: { job: { ...commands['job'], ...edit } } }));
    expect(await hand()).toBeNull();
    expect(existsSync(out)).toBe(false);
  });

  test('a command that was taken out of the configuration makes it stale', async () => {
    const { at } = machine(TELL);
    const step = await sealed(run, JOB, at);
    expect(await inHand(run, step, world({}))).toBeNull();
  });

  test('a command that verifies it is bound too', async () => {
    const { at, commands } = machine(TELL, { verify: 'told' }, { told: command(['/bin/true']) });
    const step = await sealed(run, JOB, at);
    expect(await inHand(run, step, world({ commands: { ...commands, told: command(['/bin/false']) } }))).toBeNull();
  });
});

describe('how it ends', () => {
  test('another exit code than 0 leaves it unknown, with the end of what it said', async () => {
    const { at } = machine(
      `for i in $(seq 3000); do echo "line $i of much"; done; printf 'last \\033[31mwords\\n' >&2; exit 3`,
    );
    const outcome = await applied(run, await sealed(run, JOB, at), at);
    expect(outcome).toMatchObject({
      status: 'unknown',
      failure: {
        code: 'COMMAND_FAILED',
        message: expect.stringMatching(/exit code 3\. It said at the end: last \\u\{1b\}\[31mwords$/),
      },
    });
  });

  test('endless output is cut, and the time limit kills all that it started', async () => {
    const { at, out } = machine(`(sleep 300; touch "$out.late") & echo $! > "$out.pid"; yes`, { timeoutMs: 1_500 });
    const outcome = await applied(run, await sealed(run, JOB, at), at);
    expect(outcome).toMatchObject({
      status: 'unknown',
      failure: { code: 'COMMAND_KILLED', message: expect.stringContaining('did not end within 1.5 s') },
    });
    expect(JSON.stringify(outcome).length).toBeLessThan(1_500);
    const pid = Number(readFileSync(`${out}.pid`, 'utf8'));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  test('what it leaves running in the background does not hold us up', async () => {
    const { at } = machine('sleep 5 & exit 0');
    expect((await done(run, JOB, at)).receipt).toEqual({ exit: 0 });
  });

  test('an abort kills it', async () => {
    const stop = new AbortController();
    const { commands, out } = machine('touch "$out"; sleep 300');
    const at = world({ commands }, { signal: stop.signal });
    const outcome = applied(run, await sealed(run, JOB, at), at);
    await expect.poll(() => existsSync(out)).toBe(true);
    stop.abort();
    expect(await outcome).toMatchObject({ status: 'unknown', failure: { code: 'COMMAND_KILLED' } });
  });

  test('a program that can not be started is refused: certainly nothing was done', async () => {
    const { at, program } = machine(TELL);
    writeFileSync(program, 'no program at all');
    const step = await sealed(run, JOB, at);
    writeFileSync(program, '#!/does/not/exist\n');
    const fresh = await sealed(run, JOB, at);
    expect(await applied(run, step, at)).toBe('stale');
    expect(await applied(run, fresh, at)).toMatchObject({
      status: 'refused',
      because: 'failed',
      failure: { code: 'COMMAND_NOT_STARTED' },
    });
  });

  test('a command that tells whether it took effect is asked, and after a crash too', async () => {
    const { at, out } = machine('true', { verify: 'told' }, {});
    const told = {
      ...at,
      context: {
        ...at.context,
        settings: {
          host: {
            ...at.context.settings.host,
            commands: {
              ...at.context.settings.host.commands,
              told: command(['/usr/bin/test', '-e', out], { params: commandsParams() }),
            },
          },
        },
      },
    };
    const { verified, step } = await done(run, JOB, told);
    expect(verified.asPromised).toBe(false);
    const hand = await inHand(run, step, told);
    if (hand === null || run.reconcile === undefined) throw new Error('stale');
    expect(valueOf(await run.reconcile(told.reader, hand, told.context))).toMatchObject({
      status: 'partial',
      failure: { code: 'COMMAND_NOT_IN_EFFECT' },
    });
    writeFileSync(out, '');
    expect(valueOf(await run.reconcile(told.reader, hand, told.context))).toMatchObject({ status: 'done' });
  });

  test('without one nobody can say after a crash', async () => {
    const { at } = machine('true');
    const hand = await inHand(run, await sealed(run, JOB, at), at);
    if (hand === null || run.reconcile === undefined) throw new Error('stale');
    expect(await run.reconcile(at.reader, hand, at.context)).toMatchObject({
      status: 'unknown',
      failure: { code: 'COMMAND_OUTCOME_UNKNOWN' },
    });
  });
});

test('its undo is the command that the configuration names, with the same parameters', async () => {
  const { at } = machine('true', { undo: 'undo-job', destructive: false });
  const step = await sealed(run, JOB, at);
  expect(run.undo(parsed(run, step.params), step.before, null)).toMatchObject({
    possible: true,
    draft: { action: 'host/run-command', params: { command: 'undo-job', args: { days: 7, zone: 'a b' } } },
  });
  expect(step).toMatchObject({ destructive: false, cost: { amount: 0 }, risk: { level: 'medium' } });
});

test('parameters may come as JSON text, and what was parsed parses to itself', () => {
  const once = parsed(run, { command: 'job', args: '{"days":7,"zone":"a b"}' });
  expect(once).toEqual(JOB);
  expect(parsed(run, JSON.parse(JSON.stringify(once)))).toEqual(once);
  expect(parsed(run, { command: 'job' })).toEqual({ command: 'job', args: {} });
  for (const args of ['days=7', '[1]', '{"days":{}}', '{"a b":1}'])
    expect(() => parsed(run, { command: 'job', args })).toThrow('args');
});

function commandsParams(): HostCommand['params'] {
  return { days: { integer: { min: 1, max: 30 } }, zone: { oneOf: ['a b'] } };
}

/** False for what is gone, and for what is dead and was not waited for yet. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
