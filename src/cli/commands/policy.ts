import { openStateless } from '../../app/app.ts';
import { explainPolicy, lintPolicies, testPolicy, trustPolicy, untrustPolicy } from '../../app/policy-commands.ts';
import { thePlan } from '../../app/plans.ts';
import { placeOf } from '../../app/load-runbooks.ts';
import { time } from '../../documents/time.ts';
import { CodedError } from '../../domain/coded-error.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';
import { count } from '../views/layout.ts';
import { explainedHuman, policyTestHuman } from '../views/policy-human.ts';
import { withGate } from '../with-gate.ts';

/** `holdfast policy lint`: mistakes, and what may not be meant; exit code 2 when there is a mistake. */
export async function policyLint(door: Door, files: readonly string[]): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const mistakes = lintPolicies(app, files);
  present(door, app, {
    human: () =>
      [
        ...mistakes.map(
          (mistake) =>
            `${mistake.level === 'error' ? mistake.code : `warning: ${mistake.code}`}  ${placeOf(mistake)}  ${mistake.message}`,
        ),
        mistakes.length === 0 ? `${count(files.length, 'file')}, no mistakes.` : '',
        '',
      ].join('\n'),
    json: () => ['mistakes', { files, mistakes }],
    ndjson: () => ['mistake', mistakes],
  });
  return mistakes.some(({ level }) => level === 'error') ? EXIT.usage : EXIT.done;
}

/** `holdfast policy test`: plays the tests in the file. POLICY_TEST_FAILED when one is not decided as it expects. */
export async function policyTest(door: Door, [file = '']: readonly string[]): Promise<number> {
  const app = openStateless(door.surroundings, door.options);
  const report = testPolicy(app, file);
  const short = (explained: { readonly effect: string; readonly rule: string | null }) => ({
    effect: explained.effect,
    rule: explained.rule,
  });
  present(door, app, {
    human: () => policyTestHuman(report, door.terminal.style),
    json: () => [
      'policy-test',
      {
        results: report.results.map(({ name, passed, expected, got }) => ({
          name,
          passed,
          expected,
          got: got === null ? null : short(got.decision),
        })),
        uncovered: report.uncovered,
      },
    ],
  });
  const failed = report.results.filter(({ passed }) => !passed);
  if (failed.length === 0) return EXIT.done;
  throw new CodedError(
    'POLICY_TEST_FAILED',
    `${count(failed.length, 'test')} failed: ${failed.map(({ name }) => name).join(', ')}`,
    {
      where: file,
      next: 'put the rule or the test right',
    },
  );
}

/** `holdfast policy explain`: every clause of every rule, held against a plan as it would be decided now. */
export async function policyExplain(door: Door, [file = '', id = '']: readonly string[]): Promise<number> {
  return withGate(door, (app, gate) => {
    const plan = thePlan(gate, id);
    const explained = explainPolicy(app, gate, file, plan);
    present(door, app, {
      human: () => explainedHuman(explained, door.terminal.style),
      json: () => [
        'policy-explain',
        {
          plan: plan.id,
          effect: explained.effect,
          headline: explained.headline,
          rules: explained.rules.map(({ id: rule, effect, holds, failing }) => ({
            id: rule,
            effect,
            holds,
            failing: failing.map(({ clause, was }) => ({ clause, was })),
          })),
          nearest: explained.nearest?.id ?? null,
          opensAt: explained.opensAt === null ? null : time(explained.opensAt),
        },
      ],
    });
    return EXIT.done;
  });
}

export async function policyTrust(door: Door, [file = '']: readonly string[]): Promise<number> {
  return withGate(door, (app, gate) => {
    const { policy, digest } = trustPolicy(app, gate, file);
    const name = policy?.name ?? file;
    present(door, app, {
      human: () => `${name} is trusted as it is now (${digest}). What its rules allow is applied without asking you.`,
      json: () => ['policy', { policy: name, digest, trusted: true }],
    });
    return EXIT.done;
  });
}

export async function policyUntrust(door: Door, [file = '']: readonly string[]): Promise<number> {
  return withGate(door, (app, gate) => {
    const { policy, digest } = untrustPolicy(app, gate, file);
    const name = policy?.name ?? file;
    present(door, app, {
      human: () => `${name} is no longer trusted: everything waits for you again.`,
      json: () => ['policy', { policy: name, digest, trusted: false }],
    });
    return EXIT.done;
  });
}
