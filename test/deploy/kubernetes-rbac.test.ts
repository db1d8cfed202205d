import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { DELETABLE_KINDS } from '../../src/maker/actions/kubernetes/delete-resource.ts';
import { APPLICABLE_KINDS } from '../../src/maker/actions/kubernetes/manifest-subject.ts';
import { ROLLING_KINDS } from '../../src/maker/actions/kubernetes/template.ts';
import { callOf, type Change } from '../../src/providers/kubernetes/change.ts';
import { KINDS, pathOf, type KindName } from '../../src/providers/kubernetes/reader.ts';
import type { StoredObject } from '../support/kubernetes/api.ts';
import { attributesOf, createAuthorizer, type Attributes } from '../support/kubernetes/rbac.ts';

const objects = parseAllDocuments(
  readFileSync(fileURLToPath(new URL('../../deploy/kubernetes-rbac.yaml', import.meta.url)), 'utf8'),
).map(
  (document) =>
    z
      .looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) })
      .parse(document.toJS()) as StoredObject,
);

const ruleSchema = z.strictObject({
  apiGroups: z.array(z.string()).default([]),
  resources: z.array(z.string()).default([]),
  nonResourceURLs: z.array(z.string()).default([]),
  verbs: z.array(z.string()),
});

/** What a role allows, one right a line: `apps deployments/scale patch`. */
function rightsOf(role: string): readonly string[] {
  const found = objects.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === role);
  return z
    .array(ruleSchema)
    .parse(found?.['rules'])
    .flatMap(({ apiGroups, resources, nonResourceURLs, verbs }) =>
      verbs.flatMap((verb) => [
        ...apiGroups.flatMap((group) => resources.map((resource) => `${group} ${resource} ${verb}`)),
        ...nonResourceURLs.map((path) => `${path} ${verb}`),
      ]),
    )
    .toSorted();
}

function rightFor(wanted: Attributes): string {
  if (wanted.type === 'path') return `${wanted.path} ${wanted.verb}`;
  const { group, resource, subresource, verb } = wanted;
  return `${group} ${subresource === null ? resource : `${resource}/${subresource}`} ${verb}`;
}

const sorted = (rights: Iterable<string>): readonly string[] => [...new Set(rights)].toSorted();

const placed = (kind: KindName): Change['object'] => ({
  kind,
  namespace: KINDS[kind].namespaced ? 'prod' : null,
  name: 'web',
});

const rightsFor = (changes: readonly Change[]): readonly string[] =>
  changes.map((change) => rightFor(attributesOf(callOf(change, { dryRun: false, version: '1' }))));

describe('deploy/kubernetes-rbac.yaml', () => {
  test('reading is every kind that is listed, but no Secrets; and two paths', () => {
    const wanted = Object.entries(KINDS)
      .filter(([name]) => name !== 'Secret')
      .flatMap(([, kind]) => {
        const path = pathOf(kind, null);
        return [`GET ${path}`, `GET ${path}/one`];
      });
    const paths = ['GET /readyz?verbose', 'GET /version'];
    const rights = [...wanted, ...paths].map((call) => {
      const [method = '', path = ''] = call.split(' ');
      return rightFor(attributesOf({ method, path }));
    });
    expect(rightsOf('holdfast-read')).toEqual(sorted(rights));
    expect(rightsOf('holdfast-read').some((right) => right.includes('secrets'))).toBe(false);
  });

  test('each of the rights to read more is one thing', () => {
    expect(rightsOf('holdfast-read-logs')).toEqual([' pods/log get']);
    expect(rightsOf('holdfast-read-secrets')).toEqual([' secrets get', ' secrets list']);
    expect(rightsOf('holdfast-read-volumes')).toEqual([' nodes/proxy get']);
  });

  test('writing is what the everyday actions send, and reading what a rollout can go back to', () => {
    const changes: readonly Change[] = [
      ...(['Deployment', 'StatefulSet', 'ReplicaSet'] as const).map(
        (kind): Change => ({ type: 'scale', object: placed(kind), replicas: 1 }),
      ),
      ...ROLLING_KINDS.flatMap((kind): Change[] => [
        { type: 'restart', object: placed(kind), at: '2026-11-20T16:30:00Z' },
        { type: 'set-image', object: placed(kind), list: 'containers', container: 'a', image: 'b' },
        { type: 'set-template', object: placed(kind), template: {} },
      ]),
      { type: 'cordon', object: placed('Node'), unschedulable: true },
      { type: 'suspend', object: placed('CronJob'), suspend: true },
      { type: 'evict', object: placed('Pod'), uid: 'u' },
    ];
    expect(rightsOf('holdfast-write')).toEqual(sorted([...rightsFor(changes), 'apps controllerrevisions list']));
  });

  test('writing objects is what applying and deleting send; to apply what is not there yet is to create', () => {
    const applied = APPLICABLE_KINDS.map(
      (kind): Change => ({ type: 'apply', object: placed(kind), manifest: {}, force: false }),
    );
    const deleted = DELETABLE_KINDS.map(
      (kind): Change => ({ type: 'delete', object: placed(kind), uid: 'u', dependents: 'Background' }),
    );
    const patches = rightsFor(applied);
    const creates = patches.map((right) => right.replace(/ patch$/, ' create'));
    expect(rightsOf('holdfast-write-objects')).toEqual(sorted([...patches, ...creates, ...rightsFor(deleted)]));
  });

  test('who only reads can write nothing, and who writes can neither delete nor read Secrets', () => {
    const authorizer = createAuthorizer(objects);
    const may = (account: string, method: string, path: string): boolean =>
      authorizer.refuse({ name: `system:serviceaccount:holdfast:${account}`, groups: [] }, { method, path }) === null;
    const web = '/apis/apps/v1/namespaces/prod/deployments/web';
    expect([may('holdfast-read', 'GET', web), may('holdfast-read', 'PATCH', `${web}/scale`)]).toEqual([true, false]);
    expect([may('holdfast-write', 'GET', web), may('holdfast-write', 'PATCH', `${web}/scale`)]).toEqual([true, true]);
    expect(may('holdfast-write', 'DELETE', web)).toBe(false);
    expect(may('holdfast-write', 'GET', '/api/v1/secrets')).toBe(false);
  });

  test('nothing is a wildcard', () => {
    expect(JSON.stringify(objects)).not.toContain('*');
  });
});
