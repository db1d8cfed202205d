import { expect, test } from 'vitest';
import { healthNetwork } from '../../../scripts/corpora/kubernetes/map/health-network.ts';
import { healthPods } from '../../../scripts/corpora/kubernetes/map/health-pods.ts';
import { healthWorkloads } from '../../../scripts/corpora/kubernetes/map/health-workloads.ts';
import { postureAccess } from '../../../scripts/corpora/kubernetes/map/posture-access.ts';
import { postureWorkloads } from '../../../scripts/corpora/kubernetes/map/posture-workloads.ts';
import { answersTo } from '../../../scripts/corpora/kubernetes/all-rules.ts';
import { KUBERNETES_CORPORA } from '../../../scripts/corpora/kubernetes/rule-map.ts';
import { checkCatalog } from '../../../src/checks/catalog.ts';

const AREAS = { healthNetwork, healthPods, healthWorkloads, postureAccess, postureWorkloads };

const answers = KUBERNETES_CORPORA.flatMap((corpus) => {
  const rules = new Set(Object.values(AREAS).flatMap((area) => Object.keys(area[corpus] ?? {})));
  return [...rules].flatMap((rule) =>
    answersTo(corpus, rule).map((answer) => ({ id: `${corpus}/${rule}`, ...answer })),
  );
});

test('every rule is answered by checks that there are, with parameters that they take', async () => {
  const wrong: string[] = [];
  for (const { id, check, params = {}, paramsOf, discriminators } of answers) {
    if (!checkCatalog.ids.includes(check)) wrong.push(`${id}: there is no ${check}`);
    else if (!(await checkCatalog.load(check)).params.safeParse({ ...params, ...paramsOf?.({}) }).success)
      wrong.push(`${id}: ${check} does not take ${JSON.stringify(params)}`);
    if (discriminators.length === 0) wrong.push(`${id}: nothing that ${check} says counts`);
  }
  expect(answers.length).toBeGreaterThan(200);
  expect(wrong).toEqual([]);
});
