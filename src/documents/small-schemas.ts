import * as z from 'zod';
import { SEVERITIES } from '../domain/severity.ts';

const failure = z.strictObject({ code: z.string(), message: z.string() });
const money = z.strictObject({
  amount: z.number().nullable().describe('null: not known'),
  currency: z.string(),
  per: z.literal('month'),
  basis: z.string(),
});
const anyJson = z.unknown().describe('Any JSON');

export const checkSchema = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    standalone: z.boolean().describe('Runs without parameters, so that a glob includes it'),
    timeoutMs: z.int(),
    aliases: z.array(z.string()),
    params: z.record(z.string(), anyJson).nullable().describe('JSON Schema of its parameters'),
  })
  .describe('A check of the catalogue');

export const lookSchema = z
  .strictObject({
    check: z.string(),
    outcome: z.enum(['ok', 'findings', 'unknown']),
    failure: failure.nullable(),
    resources: z.array(
      z.strictObject({
        resource: z.string(),
        name: z.string(),
        facts: z.record(z.string(), anyJson),
        drafts: z.array(
          z.strictObject({
            discriminator: z.string(),
            severity: z.enum(SEVERITIES),
            title: z.string(),
            why: z.string(),
            next: z.string(),
            evidence: z.array(z.strictObject({ label: z.string(), value: anyJson, source: z.string() })),
            evidenceClass: z.string().nullable(),
            monthlyCost: money.nullable(),
          }),
        ),
      }),
    ),
    hidden: z.array(z.strictObject({ resource: z.string(), name: z.string(), failure })),
  })
  .describe('One look at one check, of which nothing was kept');

export const mistakeSchema = z
  .strictObject({
    level: z.enum(['error', 'warning']),
    code: z.string(),
    message: z.string(),
    where: z.strictObject({ file: z.string(), line: z.int(), column: z.int() }),
    next: z.string().nullable(),
  })
  .describe('Something wrong in a file that a person wrote');

export const runbookSchema = z
  .strictObject({
    name: z.string(),
    form: z.enum(['markdown', 'yaml', 'heartbeat']),
    path: z.string(),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    schedule: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('every'), everyMs: z.int() }),
        z.strictObject({ kind: z.literal('cron'), expression: z.string() }),
      ])
      .nullable(),
    timezone: z.string().nullable(),
    activeHours: z.strictObject({ from: z.string(), to: z.string(), days: z.array(z.string()).optional() }).nullable(),
    overlap: z.enum(['skip', 'queue-one']),
    catchUpMs: z.int(),
    timeoutMs: z.int(),
    checks: z.array(z.strictObject({ id: z.string(), params: z.record(z.string(), anyJson) })),
    baseline: z
      .strictObject({
        name: z.string(),
        of: z.array(z.strictObject({ sources: z.string(), settings: z.record(z.string(), anyJson) })),
      })
      .nullable(),
    agent: z.record(z.string(), anyJson).nullable(),
    policy: z.string().nullable(),
    onFinding: z.array(z.record(z.string(), anyJson)),
    notify: z.array(anyJson),
    instructions: z.string(),
    tasks: z.array(z.strictObject({ name: z.string(), interval: z.string(), prompt: z.string() })),
  })
  .describe('A runbook with every default filled in');

export const runbooksSchema = z
  .strictObject({
    runbooks: z.array(
      z.strictObject({
        path: z.string(),
        name: z.string().nullable(),
        usable: z.boolean(),
        mistakes: z.array(mistakeSchema),
      }),
    ),
  })
  .describe('The runbook files that were found');

export const doctorSchema = z
  .strictObject({
    diagnoses: z.array(
      z.strictObject({
        part: z.string(),
        state: z.enum(['ok', 'warning', 'broken']),
        said: z.string(),
        next: z.string().nullable(),
      }),
    ),
  })
  .describe('What each part of this installation is like');

export const initSchema = z
  .strictObject({
    found: z.array(z.strictObject({ what: z.string(), where: z.string() })),
    files: z.array(z.string()),
  })
  .describe('What init found and wrote');

export const notifyTestSchema = z
  .strictObject({
    ways: z.array(
      z.strictObject({
        way: z.string(),
        outcome: z.enum(['delivered', 'failed']),
        reason: z.string().nullable(),
        next: z.string().nullable(),
        tookMs: z.int(),
      }),
    ),
  })
  .describe('How a test notification fared on each way');

export const notificationSchema = z
  .strictObject({
    id: z.string(),
    at: z.string().describe('RFC 3339, UTC'),
    kind: z.enum(['findings', 'trouble', 'plan', 'test']),
    runbook: z.string().nullable().describe('null: of several, or of none'),
    run: z.string().nullable(),
    severity: z.enum(SEVERITIES).nullable().describe('The worst of its lines; null when there is only good news'),
    title: z.string(),
    lines: z.array(
      z.strictObject({
        finding: z.string().nullable(),
        severity: z.enum(SEVERITIES),
        news: z.enum(['new', 'raised', 'resolved', 'flapping', 'still', 'trouble', 'plan']),
        text: z.string(),
      }),
    ),
    more: z.int().describe('Lines that were left out because there were too many'),
  })
  .describe('What a webhook is sent and a file is written, for each notification');

export const errorSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  where: z.string().nullable(),
  next: z.string().nullable(),
});

export const pausedSchema = z
  .strictObject({ runbook: z.string(), paused: z.boolean() })
  .describe('What pause and resume did');

export const slotsSchema = z
  .strictObject({
    slots: z.array(
      z.strictObject({
        runbook: z.string(),
        at: z.iso.datetime(),
        zone: z.string(),
        active: z.boolean().describe('False when the active hours will skip it'),
      }),
    ),
  })
  .describe('When runbooks will run');

export const statusSchema = z
  .strictObject({
    up: z
      .strictObject({ pid: z.int(), since: z.iso.datetime() })
      .nullable()
      .describe('The `holdfast up` of this state directory; null when none runs'),
    instance: z.string().describe('Id of this installation: what a plan is exported for'),
    zone: z.string().describe('Zone of this machine'),
    database: z.strictObject({ path: z.string(), bytes: z.int() }),
    runbooks: z.array(
      z.strictObject({
        name: z.string(),
        schedule: z.string().nullable(),
        paused: z.boolean(),
        next: z.iso.datetime().nullable(),
        lastRun: z
          .strictObject({
            id: z.string(),
            status: z.string(),
            reason: z.string().nullable(),
            startedAt: z.iso.datetime(),
          })
          .nullable(),
      }),
    ),
    findings: z.record(z.enum(SEVERITIES), z.int()).describe('Open findings by severity'),
    jobs: z.strictObject({ waiting: z.int(), claimed: z.int(), dead: z.int() }),
    plans: z.strictObject({
      queued: z.int().describe('Plans that wait for the operator'),
      underWay: z.int(),
      stuck: z.int().describe('Done in part, or of unknown outcome'),
    }),
    held: z
      .strictObject({ since: z.iso.datetime(), reason: z.string().nullable() })
      .nullable()
      .describe('The kill switch: nothing is applied'),
  })
  .describe('What runs, what is next, what waits');

export const holdSchema = z.strictObject({ held: z.boolean() }).describe('Whether everything is held');

export const actionSchema = z
  .strictObject({
    id: z.string(),
    version: z.int(),
    title: z.string(),
    description: z.string(),
    params: z.record(z.string(), z.unknown()).nullable().describe('JSON Schema of its parameters'),
  })
  .describe('A typed write of the catalogue');

export const policySchema = z
  .strictObject({ policy: z.string(), digest: z.string(), trusted: z.boolean() })
  .describe('A policy file and whether it may grant');

const decision = z.strictObject({ effect: z.enum(['deny', 'allow', 'queue']), rule: z.string().nullable() });

export const policyTestSchema = z
  .strictObject({
    results: z.array(
      z.strictObject({
        name: z.string(),
        passed: z.boolean(),
        expected: decision,
        got: decision.nullable(),
      }),
    ),
    uncovered: z.array(z.strictObject({ rule: z.string(), clause: z.string().nullable() })),
  })
  .describe("How the tests in a policy's file fared");

export const policyExplainSchema = z
  .strictObject({
    plan: z.string(),
    effect: z.enum(['deny', 'allow', 'queue']),
    headline: z.string(),
    rules: z.array(
      z.strictObject({
        id: z.string(),
        effect: z.enum(['deny', 'allow', 'queue']),
        holds: z.boolean(),
        failing: z.array(z.strictObject({ clause: z.string(), was: z.string() })),
      }),
    ),
    nearest: z.string().nullable().describe('The allow rule that is short of the fewest clauses'),
    opensAt: z.iso.datetime().nullable(),
  })
  .describe('Why a policy would allow a plan, or not');

export const costEstimateSchema = z
  .strictObject({
    pods: z.int().describe('How many more; negative: fewer'),
    workload: z.string().describe('As it was asked for'),
    context: z.string(),
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    requests: z
      .strictObject({ vcpu: z.number(), gib: z.number(), unsaid: z.int().describe('Containers that ask for nothing') })
      .nullable()
      .describe('What one pod asks for; null: nothing'),
    cost: z.strictObject({
      amount: z.number().nullable().describe('null: not known'),
      currency: z.string(),
      per: z.literal('month'),
      basis: z.string(),
    }),
  })
  .describe('What more or fewer pods of a workload cost a month');
