import { describe, expect, test } from 'vitest';
import type { Evidence, FindingDraft } from '../../../src/domain/check.ts';
import type { Answer } from '../../../src/providers/kubernetes/call.ts';
import { status as refused, text, type StoredObject } from '../../support/kubernetes/api.ts';
import { check } from '../../../src/checks/kubernetes/pods-crashlooping.ts';
import { ended, job, pod, replicaSet, running, waiting, warning } from '../../support/kubernetes/pods.ts';
import { secondLook } from '../../support/kubernetes/two-looks.ts';
import { ago, said, worldOf } from '../../support/kubernetes/world.ts';

const BEAT = 1_800_000;

async function saidOf(...objects: readonly StoredObject[]): Promise<readonly string[]> {
  return said(await worldOf(...objects).look(check));
}

const loops = (name: string, more: object = {}): StoredObject =>
  pod({
    name,
    owner: 'ReplicaSet/api-1',
    statuses: [waiting('CrashLoopBackOff', { restartCount: 14, lastState: ended(1), ...more })],
  });

const lines = (drafts: readonly FindingDraft[]): readonly string[] =>
  drafts.map(({ discriminator, severity }) => `${severity} ${discriminator}`);

describe('a crash loop', () => {
  test('of every pod of a Deployment is one critical finding, under the Deployment', async () => {
    const { drafts } = await worldOf(replicaSet('api-1', 'api'), loops('api-1-a'), loops('api-1-b')).look(check);
    expect(drafts).toHaveLength(1);
    expect(drafts[0]).toMatchObject({
      discriminator: 'crash-loop:app',
      severity: 'critical',
      title:
        'Deployment prod/api crash-loops: container app in 2 of 2 pods, exit code 1, started again 28 times so far',
    });
  });

  test('of one pod of three is high', async () => {
    const healthy = ['b', 'c'].map((name) =>
      pod({ name: `api-1-${name}`, owner: 'ReplicaSet/api-1', statuses: [running()] }),
    );
    expect(await saidOf(replicaSet('api-1', 'api'), loops('api-1-a'), ...healthy)).toEqual([
      'high crash-loop:app: Deployment prod/api crash-loops: container app in 1 of 3 pods, exit code 1, started again 14 times so far',
    ]);
  });

  test('of a pod that nobody replicates is high, as there is no saying how many there should be', async () => {
    expect(
      await saidOf(pod({ name: 'tool', statuses: [waiting('CrashLoopBackOff', { lastState: ended(2) })] })),
    ).toEqual(['high crash-loop:app: Pod prod/tool crash-loops: container app in 1 of 1 pods, exit code 2']);
  });

  test('is the same finding when the ReplicaSet could not be read, by the hash that its pods bear', async () => {
    const world = worldOf(
      pod({
        name: 'api-6d5f-a',
        owner: 'ReplicaSet/api-6d5f',
        metadata: { labels: { 'pod-template-hash': '6d5f' } },
        statuses: [waiting('CrashLoopBackOff')],
      }),
    );
    world.api.deny({ user: 'ana', resources: ['replicasets.apps'] });
    const { observations, drafts } = await world.look(check);
    expect(drafts.map(({ title }) => title)).toEqual(['Deployment prod/api crash-loops: container app in 1 of 1 pods']);
    expect(observations.filter(({ status }) => status === 'unknown')).toHaveLength(1);
  });

  test('of an init container and of a native sidecar is told as theirs', async () => {
    const crashed = waiting('CrashLoopBackOff', { restartCount: 3, lastState: ended(2) });
    expect(
      await saidOf(
        pod({
          name: 'web',
          spec: {
            initContainers: [{ name: 'migrate' }, { name: 'proxy', restartPolicy: 'Always' }],
          },
          initStatuses: [
            { ...crashed, name: 'migrate' },
            { ...crashed, name: 'proxy' },
          ],
          statuses: [waiting('PodInitializing')],
        }),
      ),
    ).toEqual([
      'high crash-loop:migrate: Pod prod/web crash-loops: init container migrate in 1 of 1 pods, exit code 2, started again 3 times so far',
      'high crash-loop:proxy: Pod prod/web crash-loops: sidecar proxy in 1 of 1 pods, exit code 2, started again 3 times so far',
    ]);
  });

  test('for want of memory is one finding, with the limit, and of another class than an error', async () => {
    const { drafts } = await worldOf(loops('api-1-a', { lastState: ended(137, 300, 'OOMKilled') })).look(check);
    expect(drafts).toHaveLength(1);
    expect(drafts[0]?.evidenceClass).toBe('out-of-memory');
    expect(drafts[0]?.title).toContain('its limit is 64Mi');
  });

  test('brings the exact fields, the Warning events of its own pods and nothing of another object by that name', async () => {
    const { drafts } = await worldOf(
      loops('api-1-a', {
        lastState: { terminated: { exitCode: 1, reason: 'Error', message: 'no\u001b[31m config\n' } },
      }),
      warning({ reason: 'BackOff', about: 'Pod/prod/api-1-a', count: 40 }),
      warning({ reason: 'Unhealthy', about: 'Pod/prod/api-1-a', uid: 'of-an-earlier-pod' }),
      warning({ reason: 'FailedSync', about: 'Service/prod/api-1-a' }),
      warning({ reason: 'FailedMount', about: 'Pod/dev/api-1-a' }),
    ).look(check);
    expect(
      drafts[0]?.evidence.map(({ label, value, source }) => `${label}=${JSON.stringify(value)} (${source})`),
    ).toEqual([
      'status.containerStatuses[0].restartCount=14 (Pod prod/api-1-a)',
      'status.containerStatuses[0].state.waiting.reason="CrashLoopBackOff" (Pod prod/api-1-a)',
      'status.containerStatuses[0].lastState.terminated.exitCode=1 (Pod prod/api-1-a)',
      'status.containerStatuses[0].lastState.terminated.reason="Error" (Pod prod/api-1-a)',
      'status.containerStatuses[0].lastState.terminated.message="no\\\\u{1b}[31m config" (Pod prod/api-1-a)',
      'resources.limits.memory="64Mi" (Pod prod/api-1-a container app)',
      'BackOff, 40 times="BackOff" (Warning events of the pods of ReplicaSet prod/api-1)',
    ]);
    expect(drafts[0]?.next).toContain('kubectl --context test -n prod logs api-1-a -c app --previous --tail=50');
  });
});

describe('a container that runs at the look', () => {
  const at = (restarts: number, finished: number, more: object = {}): StoredObject =>
    pod({ name: 'web', statuses: [running({ restartCount: restarts, lastState: ended(1, finished) })], ...more });

  async function after(before: StoredObject, now: StoredObject, between = BEAT): Promise<readonly string[]> {
    return lines(await secondLook(check, { first: worldOf(before), second: worldOf(now), between }));
  }

  test('is in a crash loop when it was started again three times since the look before, not twice', async () => {
    expect(await after(at(2, 9_000), at(5, 1_000))).toEqual(['high crash-loop:app']);
    expect(await after(at(2, 9_000), at(4, 1_000))).toEqual([]);
  });

  test('is in a crash loop when it was started again once and ended less than ten minutes ago', async () => {
    expect(await after(at(2, 9_000), at(3, 599))).toEqual(['high crash-loop:app']);
    expect(await after(at(2, 9_000), at(3, 600))).toEqual([]);
  });

  test('is in no crash loop because it was started again for the first time in its life', async () => {
    expect(await after(at(0, 9_000), at(1, 30))).toEqual([]);
  });

  test('had no restarts at a look that remembers nothing of it', async () => {
    const calm = pod({ name: 'web', statuses: [running()] });
    expect(await after(calm, at(3, 1_000))).toEqual(['high crash-loop:app']);
    expect(await after(calm, at(6, 9_000), 3 * 3_600_000)).toEqual(['medium restarts:app']);
  });

  test('of a pod that is young is in a loop until it has run for ten minutes, when no look knew it', async () => {
    const young = (seconds: number): StoredObject =>
      at(3, seconds + 5, {
        age: 3_000,
        statuses: [
          running({
            restartCount: 3,
            state: { running: { startedAt: ago(seconds) } },
            lastState: ended(1, seconds + 5),
          }),
        ],
      });
    expect(await saidOf(young(599))).toHaveLength(1);
    expect(await saidOf(young(600))).toEqual([]);
  });

  test('of all pods is critical while one of them has not run for ten minutes, and high once they have', async () => {
    const replica = (startedAgo: number, restartCount: number): StoredObject =>
      pod({
        name: 'api-1-a',
        owner: 'ReplicaSet/api-1',
        statuses: [
          running({
            restartCount,
            state: { running: { startedAt: ago(startedAgo) } },
            lastState: ended(1, startedAgo + 5),
          }),
        ],
      });
    const of = replicaSet('api-1', 'api');
    const severities = async (startedAgo: number): Promise<readonly string[]> =>
      lines(
        await secondLook(check, {
          first: worldOf(of, replica(9_000, 1)),
          second: worldOf(of, replica(startedAgo, 4)),
          between: BEAT,
        }),
      );
    expect(await severities(599)).toEqual(['critical crash-loop:app']);
    expect(await severities(600)).toEqual(['high crash-loop:app']);
  });

  test('is not told for the restarts of a lifetime, of which none is known to be new', async () => {
    expect(await saidOf(at(400, 90_000))).toEqual([]);
    expect(await after(at(400, 90_000), at(405, 90_000), 3 * 3_600_000)).toEqual([]);
  });

  test('is started again too often with six times in 24 hours, not with five', async () => {
    expect(await after(at(2, 90_000), at(8, 9_000), 20 * 3_600_000)).toEqual(['medium restarts:app']);
    expect(await after(at(2, 90_000), at(7, 9_000), 20 * 3_600_000)).toEqual([]);
    expect(await after(at(2, 90_000), at(20, 9_000), 30 * 3_600_000)).toEqual([]);
  });

  test('counts from its making when it is younger than a day', async () => {
    expect(await saidOf(at(6, 9_000, { age: 80_000 }))).toEqual([
      'medium restarts:app: Pod prod/web is started again too often: container app in 1 of 1 pods, exit code 1, started again 6 times in 22 h 13 min',
    ]);
    expect(await saidOf(at(6, 9_000, { age: 90_000 }))).toEqual([]);
  });

  test('of a pod that was made anew under the same name starts counting anew', async () => {
    expect(await after(at(400, 90_000), at(2, 1_000, { uid: 'another', age: 1_500 }))).toEqual([]);
    const justStarted = (restartCount: number): object => ({
      statuses: [running({ restartCount, state: { running: { startedAt: ago(20) } }, lastState: ended(1, 25) })],
    });
    expect(await after(at(0, 90_000), at(3, 1_000, { uid: 'another', age: 1_500, ...justStarted(3) }))).toEqual([
      'high crash-loop:app',
    ]);
  });
});

describe('a container that was killed for want of memory', () => {
  const killed = (finished: number | null, more: object = {}): StoredObject =>
    pod({
      name: 'web',
      statuses: [running({ restartCount: 1, lastState: ended(137, finished, 'OOMKilled') })],
      ...more,
    });

  test('is told though it runs again, for a day', async () => {
    expect(await saidOf(killed(86_399))).toEqual([
      'high oom-killed:app: Pod prod/web was killed for want of memory: container app in 1 of 1 pods, its limit is 64Mi, started again once so far',
    ]);
    expect(await saidOf(killed(86_400))).toEqual([]);
  });

  test('is told when nothing says when it was', async () => {
    expect(await saidOf(killed(null))).toHaveLength(1);
  });

  test('is not one that was killed by something else', async () => {
    expect(
      await saidOf(pod({ name: 'web', statuses: [running({ restartCount: 1, lastState: ended(137, 9_000) })] })),
    ).toEqual([]);
  });
});

describe('a container that ended for good', () => {
  const over = (exitCode: number, more: object = {}, reason?: string): StoredObject =>
    pod({
      name: 'task',
      phase: 'Failed',
      spec: { restartPolicy: 'Never' },
      statuses: [{ name: 'app', state: ended(exitCode, 300, reason), restartCount: 0 }],
      ...more,
    });

  test('failed with another exit code than 0 and 143', async () => {
    expect(await saidOf(over(3))).toEqual([
      'medium failed-exit:app: Pod prod/task failed: container app in 1 of 1 pods, exit code 3',
    ]);
    expect(await saidOf(over(143))).toEqual([]);
    expect(await saidOf(over(0))).toEqual([]);
    expect(await saidOf(over(2, {}, 'Completed'))).toEqual([]);
  });

  test('is not told in a pod that succeeded, is being deleted, or was put off its node', async () => {
    expect(await saidOf(over(3, { phase: 'Succeeded' }))).toEqual([]);
    expect(await saidOf(over(3, { metadata: { deletionTimestamp: ago(5) } }))).toEqual([]);
    expect(await saidOf(over(137, { status: { reason: 'Evicted' } }))).toEqual([]);
    expect(await saidOf(over(137, { status: { reason: 'Terminated' } }))).toEqual([]);
  });

  test.each([
    ['has succeeded in the end', ['Complete'], []],
    ['still has tries left', [], []],
    ['has failed', ['Failed'], ['medium failed-exit:app']],
  ])('belongs to a Job that %s', async (_, holds, expected) => {
    const found = await saidOf(over(3, { owner: 'Job/task' }), job({ name: 'task', holds }));
    expect(found.map((line) => line.slice(0, line.indexOf(': ')))).toEqual(expected);
  });

  test('belongs to a CronJob, of which a later Job succeeded', async () => {
    const failed = [
      over(3, { owner: 'Job/task' }),
      job({ name: 'task', cronJob: 'nightly', holds: ['Failed'], age: 600 }),
    ];
    expect(await saidOf(...failed)).toEqual([
      'medium failed-exit:app: CronJob prod/nightly failed: container app in 1 of 1 pods, exit code 3',
    ]);
    const later = job({ name: 'task-2', cronJob: 'nightly', holds: ['Complete'], age: 300 });
    expect(await saidOf(...failed, later)).toEqual([]);
    const sooner = job({ name: 'task-0', cronJob: 'nightly', holds: ['Complete'], age: 900 });
    expect(await saidOf(...failed, sooner)).toHaveLength(1);
    const others = job({ name: 'task-2', cronJob: 'hourly', holds: ['Complete'], age: 300 });
    expect(await saidOf(...failed, others)).toHaveLength(1);
  });

  test('is an init container or a sidecar that did its work', async () => {
    expect(
      await saidOf(
        pod({
          name: 'web',
          spec: { initContainers: [{ name: 'prepare' }] },
          initStatuses: [{ name: 'prepare', state: ended(0, 9_000), restartCount: 0 }],
          statuses: [running()],
        }),
      ),
    ).toEqual([]);
    expect(
      await saidOf(
        over(143, {
          spec: { restartPolicy: 'Never', initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] },
          initStatuses: [{ name: 'proxy', state: ended(137, 10), restartCount: 0 }],
        }),
      ),
    ).toEqual([]);
  });

  test('of which another one goes on is told, once it should long have been started again', async () => {
    const half = (finished: number, restartPolicy: string): StoredObject =>
      pod({
        name: 'web',
        spec: { restartPolicy },
        statuses: [running(), { name: 'side', state: ended(1, finished), restartCount: 0 }],
      });
    expect(await saidOf(half(30, 'Always'))).toEqual([]);
    expect(await saidOf(half(601, 'Always'))).toHaveLength(1);
    expect(await saidOf(half(30, 'Never'))).toHaveLength(1);
  });

  test('is a debugging container that somebody left', async () => {
    expect(
      await saidOf(
        pod({
          name: 'web',
          statuses: [running()],
          status: { ephemeralContainerStatuses: [{ name: 'debugger-x1', state: ended(130), restartCount: 0 }] },
        }),
      ),
    ).toEqual([]);
  });
});

describe('the last lines of a log', () => {
  const LOG = '/api/v1/namespaces/prod/pods/api-1-a/log?container=app&tailLines=2&limitBytes=2400';

  async function evidenceWith(path: string, answer: Answer | null, told: object = {}): Promise<readonly Evidence[]> {
    const world = worldOf(loops('api-1-a', told), loops('api-1-b', { ...told, lastState: ended(1, 9_000) }));
    if (answer !== null) world.api.say(path, answer);
    const { drafts } = await world.look(check, { logLines: 2 });
    return drafts.flatMap(({ evidence }) => evidence.filter(({ source }) => source.startsWith('log of')));
  }
  const source = 'log of Pod prod/api-1-a container app';

  test('are those before the last end, of the pod that ended last', async () => {
    const body = 'one\ntwo\n\nthree\u001b[0m\n';
    expect(await evidenceWith(`${LOG}&previous=true`, text(200, body))).toEqual([
      { label: 'last lines', value: ['two', 'three\\u{1b}[0m'], source },
    ]);
  });

  test('are those of now when it has not been started again', async () => {
    const state = { state: ended(1, 700), lastState: {} };
    expect(await evidenceWith(LOG, text(200, 'bye\n'), state)).toEqual([
      { label: 'last lines', value: ['bye'], source },
    ]);
  });

  test('are none of a container that said nothing', async () => {
    expect(await evidenceWith(`${LOG}&previous=true`, { status: 204, headers: {}, body: '' })).toEqual([]);
  });

  test.each([
    [
      '400',
      refused(400, 'BadRequest', 'previous terminated container "app" in pod "api-1-a" not found'),
      'answered 400',
    ],
    ['500', refused(500, '', 'dial tcp 127.0.0.1:20252: connect: connection refused'), 'answered 500'],
    [
      '403',
      refused(403, 'Forbidden', 'User "ops" cannot get resource "pods/log"'),
      'resources: ["pods/log"], verbs: ["get"]',
    ],
  ])('say why they could not be read: %s', async (_, answer, words) => {
    expect(await evidenceWith(`${LOG}&previous=true`, answer)).toEqual([
      { label: 'not read', value: expect.stringContaining(words), source },
    ]);
  });

  test('are not asked for unless they are wanted', async () => {
    const world = worldOf(loops('api-1-a'));
    await world.look(check);
    expect(world.api.asked().filter((path) => path.includes('/log'))).toEqual([]);
  });

  test('are asked of twenty containers at most', async () => {
    const many = Array.from({ length: 25 }, (_, index) =>
      pod({ name: `p${index}`, statuses: [waiting('CrashLoopBackOff')] }),
    );
    const world = worldOf(...many);
    expect((await world.look(check, { logLines: 1 })).drafts).toHaveLength(25);
    expect(world.api.asked().filter((path) => path.includes('/log'))).toHaveLength(20);
  });
});

describe('what can not be looked at', () => {
  test('hides everything of the cluster, and nothing is said', async () => {
    const world = worldOf(loops('api-1-a'));
    world.api.deny({ user: 'ana', resources: ['pods'] });
    const { observations, drafts } = await world.look(check);
    expect(drafts).toEqual([]);
    expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
      { resource: expect.stringMatching(/^kubernetes:[0-9a-f-]+\/\*$/), name: 'pods', failure: { code: 'FORBIDDEN' } },
    ]);
  });

  test('events that may not be read cost their evidence only', async () => {
    const world = worldOf(loops('api-1-a'));
    world.api.deny({ user: 'ana', resources: ['events'] });
    const { observations, drafts } = await world.look(check);
    expect(drafts).toHaveLength(1);
    expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
      { resource: expect.stringMatching(/\/event\/\*$/) },
    ]);
  });

  test('other namespaces than those that were chosen are left alone', async () => {
    expect(said(await worldOf(loops('api-1-a')).look(check, { excludeNamespaces: ['pr*'] }))).toEqual([]);
    expect(said(await worldOf(loops('api-1-a')).look(check, { namespaces: ['prod'] }))).toHaveLength(1);
  });

  test('a look that could not see a namespace does not count as one that saw no restarts there', async () => {
    const params = { namespaces: ['prod', 'dev'] };
    const first = worldOf(pod({ name: 'other', namespace: 'dev', statuses: [running()] }));
    const second = worldOf(
      pod({ name: 'web', statuses: [running({ restartCount: 9, lastState: ended(1, 1_000) })] }),
      pod({ name: 'web', namespace: 'dev', statuses: [running({ restartCount: 9, lastState: ended(1, 1_000) })] }),
    );
    first.api.deny({ user: 'ana', resources: ['pods'], namespaces: ['prod'] });
    const drafts = await secondLook(check, { first, second, between: BEAT, params });
    expect(drafts.map(({ title }) => title)).toEqual([
      'Pod dev/web crash-loops: container app in 1 of 1 pods, exit code 1, started again 9 times in 30 min',
    ]);
  });
});
