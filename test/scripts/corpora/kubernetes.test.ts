import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { judge as judgeK8sgpt } from '../../../scripts/corpora/kubernetes/k8sgpt.ts';
import { judge as judgeKubeLinter } from '../../../scripts/corpora/kubernetes/kube-linter.ts';
import { asStored } from '../../../scripts/corpora/kubernetes/objects.ts';
import { judge as judgePolaris } from '../../../scripts/corpora/kubernetes/polaris.ts';
import { judge as judgeRegolibrary } from '../../../scripts/corpora/kubernetes/regolibrary.ts';
import type { CorpusResult } from '../../../scripts/corpora/result.ts';
import { tempFolder } from '../../support/temp.ts';

/** Privileged where it is said; a Deployment, so that the finding stands at the object itself. */
function deployment(name: string, privileged: boolean): object {
  const containers = [{ name: 'app', image: 'registry.test/app:1.0', securityContext: { privileged } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { template: { spec: { containers } } },
  };
}

function corpusOf(files: Readonly<Record<string, unknown>>): string {
  const folder = tempFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

function verdicts({ cases }: CorpusResult): Readonly<Record<string, string>> {
  return Object.fromEntries(
    cases.map(({ id, verdict, rule }) => [id, rule === undefined ? verdict : `${verdict} ${rule}`]),
  );
}

test('polaris: a file fails exactly when something is said of it', async () => {
  const check = 'runAsPrivileged';
  const folder = corpusOf({
    'cases.json': [
      { check, file: 'failure.yaml', expect: 'fail' },
      { check, file: 'wrong.yaml', expect: 'fail' },
      { check, file: 'success.yaml', expect: 'pass' },
      { check: 'noSuchRule', file: 'failure.yaml', expect: 'fail' },
    ],
    [`${check}/failure.yaml`]: deployment('web', true),
    [`${check}/wrong.yaml`]: deployment('web', false),
    [`${check}/success.yaml`]: deployment('web', false),
  });
  expect(verdicts(await judgePolaris(folder))).toEqual({
    'runAsPrivileged/failure.yaml': 'agree',
    'runAsPrivileged/wrong.yaml': 'differ',
    'runAsPrivileged/success.yaml': 'agree',
    'noSuchRule/failure.yaml': 'not-covered noSuchRule',
  });
});

test('kube-linter: kinds, names and no more objects than messages', async () => {
  const check = 'privileged-container';
  const two = `${JSON.stringify(deployment('web', true))}\n---\n${JSON.stringify(deployment('api', true))}\n`;
  const cases = (file: string, messages: Readonly<Record<string, readonly string[]>>): object[] =>
    Object.entries(messages).map(([name, some]) => ({ test: name, check, file, exit: 1, messages: some }));
  const folder = corpusOf({
    'cases.json': cases('two.yaml', {
      both: ['Deployment: is privileged', 'Deployment: is privileged', 'SecurityContextConstraints: is privileged'],
      'one message too few': ['Deployment: is privileged'],
      'another kind': ['DaemonSet: is privileged'],
      'by name': ['Deployment web: is privileged', 'Deployment api: is privileged'],
      'one name too few': ['Deployment web: is privileged', 'Deployment web: is privileged'],
    }),
    'two.yaml': two,
  });
  expect(verdicts(await judgeKubeLinter(folder))).toEqual({
    both: 'agree',
    'one message too few': 'differ',
    'another kind': 'differ',
    'by name': 'agree',
    'one name too few': 'differ',
  });
});

test('regolibrary: an object of every alert, and none that no alert names; several of one name are several clusters', async () => {
  const rule = 'rule-privileged-container';
  const alert = (name: string): object => ({
    failedPaths: ['spec.template.spec.containers[0].securityContext'],
    alertObject: { k8sApiObjects: [{ kind: 'Deployment', metadata: { name } }] },
  });
  const line = (id: string, expected: string): string =>
    JSON.stringify({ id, rule, path: id.replaceAll(' ', '-'), expect: expected });
  const folder = corpusOf({
    'cases.jsonl': ['fail', 'one too many', 'one too few', 'twice']
      .map((id) => line(id, 'fail'))
      .concat(line('no input', 'pass'), line('no answer', 'pass'))
      .join('\n'),
    'fail/input/a.yaml': deployment('web', true),
    'fail/expected.json': [alert('web')],
    'one-too-many/input/a.yaml': [deployment('web', true), deployment('api', true)],
    'one-too-many/expected.json': [alert('web')],
    'one-too-few/input/a.yaml': deployment('web', true),
    'one-too-few/expected.json': [alert('web'), alert('api')],
    'twice/input/a.yaml': deployment('web', true),
    'twice/input/b.yaml': deployment('web', false),
    'twice/expected.json': [alert('web')],
    'no-input/expected.json': [],
  });
  const result = await judgeRegolibrary(folder);
  expect(verdicts(result)).toEqual({
    fail: 'agree',
    'one too many': 'differ',
    'one too few': 'differ',
    twice: 'agree',
    'no input': 'agree',
    // Its expected.json is not there: it can't be judged, and the others are.
    'no answer': 'differ',
  });
  expect(result.notes).toContain('2 of the 2 field paths that alerts of agreeing cases name are evidence of ours');
});

test('k8sgpt: by name after the filters of the case, or by number', async () => {
  const cronJob = (name: string, namespace: string): object => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace, labels: { app: name } },
    spec: { schedule: 'never' },
  });
  const common = { analyzer: 'CronJobAnalyzer', namespace: 'default' };
  const objects = [cronJob('a', 'default'), cronJob('b', 'default'), cronJob('c', 'other')];
  const named = (...names: readonly string[]): object[] => names.map((name) => ({ name, failures: 9 }));
  const folder = corpusOf({
    'cases.json': [
      { ...common, id: 'both', objects, expect: named('default/a', 'default/b') },
      { ...common, id: 'one too few', objects, expect: named('default/a') },
      { ...common, id: 'one by label', labelSelector: 'app=b', objects, expect: named('default/b') },
      { ...common, id: 'none', objects, expect: [] },
      { ...common, id: 'two', objects, expectSimple: { results: 2 } },
      { ...common, id: 'three', objects, expectSimple: { results: 3 } },
      { ...common, id: 'some', objects, expectSimple: { expectedErrors: 1 } },
      { ...common, id: 'kinds', objects, expectSimple: { expectedErrors: 1, expectedKinds: ['Security/Pod'] } },
    ],
  });
  expect(verdicts(await judgeK8sgpt(folder))).toEqual({
    both: 'agree',
    'one too few': 'differ',
    'one by label': 'agree',
    none: 'differ',
    two: 'agree',
    three: 'differ',
    some: 'agree',
    kinds: 'differ',
  });
});

test('objects are as an API server would have them', () => {
  const list = {
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', labels: null },
        spec: { ports: [null, { port: 80 }] },
      },
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-a', namespace: 'default' } },
      { apiVersion: 'example.org/v1', kind: 'Unheard', metadata: { name: 'of' } },
      {
        apiVersion: 'extensions/v1beta1',
        kind: 'Ingress',
        metadata: { generateName: 'shop-' },
        spec: { rules: [{ http: { paths: [{ backend: { serviceName: 'web', servicePort: 80 } }] } }] },
      },
    ],
  };
  expect(asStored(list)).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { ports: [{ port: 80 }] },
    },
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-a' } },
    {
      apiVersion: 'extensions/v1beta1',
      kind: 'Ingress',
      metadata: { generateName: 'shop-', name: 'shop-x', namespace: 'default' },
      spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'web', port: { number: 80 } } } }] } }] },
    },
  ]);
});
