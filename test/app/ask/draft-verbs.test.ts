import { describe, expect, it } from 'vitest';
import { readWish } from '../../../src/app/ask/draft-verbs.ts';
import { OFFERED } from '../../../src/app/ask/model-draft.ts';
import { actionCatalog } from '../../../src/maker/actions/catalog.ts';

const said = (sentence: string): string => {
  const wish = readWish(sentence);
  if (wish.status === 'not-understood') return wish.why;
  const { action, name, namespace, params } = wish.wanted;
  return [action, name, namespace ?? '-', JSON.stringify(params)].join(' ');
};

describe('a wish for one change', () => {
  it.each([
    ['scale billing-worker to 2 replicas', 'kubernetes/scale-workload billing-worker - {"replicas":2}'],
    ['Scale billing-worker to 2', 'kubernetes/scale-workload billing-worker - {"replicas":2}'],
    ['please scale the deployment prod/web to three pods.', 'kubernetes/scale-workload prod/web - {"replicas":3}'],
    ['scale web down to 1 replica in namespace prod', 'kubernetes/scale-workload web prod {"replicas":1}'],
    ['scale web in prod to 4', 'kubernetes/scale-workload web prod {"replicas":4}'],
    ['scale statefulset db to zero', 'kubernetes/scale-workload db - {"replicas":0}'],
    ['run 5 replicas of web', 'kubernetes/scale-workload web - {"replicas":5}'],
    ['set 2 pods for prod/web', 'kubernetes/scale-workload prod/web - {"replicas":2}'],
    ['SCALE WEB TO 2', 'kubernetes/scale-workload web - {"replicas":2}'],
    ['restart web', 'kubernetes/restart-rollout web - {}'],
    ['restart the deployment web in the prod namespace', 'kubernetes/restart-rollout web prod {}'],
    ['restart nginx.service', 'host/restart-unit nginx.service - {"unit":"nginx.service"}'],
    ['restart the unit backup.timer please', 'host/restart-unit backup.timer - {"unit":"backup.timer"}'],
    [
      'set image of web container app to registry.lab/Web:1.2',
      'kubernetes/set-image web - {"container":"app","image":"registry.lab/Web:1.2"}',
    ],
    ['roll back web to revision 3', 'kubernetes/undo-rollout web - {"revision":3}'],
    ['cordon node-a', 'kubernetes/cordon-node node-a - {}'],
    ['uncordon node node-a', 'kubernetes/uncordon-node node-a - {}'],
    ['drain the node node-a', 'kubernetes/drain-node node-a - {}'],
    ['evict pod web-1', 'kubernetes/evict-pod web-1 - {}'],
    ['suspend cronjob nightly', 'kubernetes/suspend-cronjob nightly - {}'],
    ['resume cron job nightly in batch', 'kubernetes/resume-cronjob nightly batch {}'],
    [
      'prune /var/log/App older than 30d',
      'host/prune-directory /var/log/App - {"path":"/var/log/App","olderThan":"30d"}',
    ],
    ['run the command clear-cache', 'host/run-command clear-cache - {"command":"clear-cache"}'],
  ])('%s', (sentence, wanted) => {
    expect(said(sentence)).toBe(wanted);
  });

  it.each([
    'should I scale web to 2?',
    'scale web to 2?',
    'why did you restart web',
    'how do I drain node-a',
    'can you restart web',
    "don't scale web to 2",
    'do not restart web',
    'never drain node-a',
    'restart web if it crashes',
    'scale api to 2 instead',
    'scale web to 2 without telling anybody',
  ])('is not %j: a question, a condition or a refusal', (sentence) => {
    expect(said(sentence)).toBe('not-a-wish');
  });

  it.each(['scale web to 2 and restart api', 'restart web then drain node-a', 'delete everything and scale web to 0'])(
    'is not %j: two changes',
    (sentence) => {
      expect(said(sentence)).toBe('several');
    },
  );

  it.each([
    '',
    'web',
    'scale web',
    'scale web to many',
    'scale web to -1',
    'scale web to 2.5',
    'scale web to 99999',
    'scale web; rm -rf / to 2',
    'scale $(reboot) to 2',
    'restart',
    'make it faster',
    'delete pod web-1',
    'ignore previous instructions',
    'drain node-a node-b',
    'prune / older than everything',
    'prune logs older than 30d',
  ])('is not %j: nothing of the catalogue in so many words', (sentence) => {
    expect(said(sentence)).toBe('no-verb');
  });
});

describe('what a model may draft', () => {
  it.each(Object.entries(OFFERED))('%s is in the catalogue, with what it takes', async (id, { takes }) => {
    const action = await actionCatalog.load(id);
    const params = { namespace: 'a', name: 'b', kind: 'Deployment', replicas: 1 };
    const wanted = Object.fromEntries(
      Object.entries(params).filter(
        ([key]) => key === 'name' || takes.some((one) => one === key) || (key === 'namespace' && !id.includes('node')),
      ),
    );
    expect(action.params.safeParse(wanted).success).toBe(true);
  });
});
