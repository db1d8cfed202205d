import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { KINDS, type KindName } from '../../../src/providers/kubernetes/kinds.ts';
import type { StoredObject } from '../../../test/support/kubernetes/api.ts';

/** The objects of all files of a folder, by name of the file; none where git kept no folder. */
export function objectsInFolder(folder: string): readonly StoredObject[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .toSorted()
    .flatMap((name) => objectsInFile(join(folder, name)));
}

/** As an API server would hold what is in a file: see README.md. */
export function objectsInFile(path: string): readonly StoredObject[] {
  const text = readFileSync(path, 'utf8');
  return parseAllDocuments(text, { uniqueKeys: false, merge: true, logLevel: 'silent', version: '1.1' }).flatMap(
    (document) => asStored(document.toJS({ maxAliasCount: 1_000 })),
  );
}

/** Lists taken apart, nulls dropped, `default` where no namespace is said, in today's version. */
export function asStored(value: unknown): readonly StoredObject[] {
  if (Array.isArray(value)) return value.flatMap(asStored);
  if (!isRecord(value)) return [];
  if (typeof value['kind'] === 'string' && value['kind'].endsWith('List') && Array.isArray(value['items']))
    return value['items'].flatMap((item) =>
      asStored(isRecord(item) && item['kind'] === undefined ? { ...item, kind: itemKind(value['kind']) } : item),
    );
  const { kind } = value;
  if (!isListed(kind)) return [];
  const plain = withoutNulls(value);
  if (!isRecord(plain)) return [];
  const metadata = isRecord(plain['metadata']) ? plain['metadata'] : {};
  const name =
    typeof metadata['name'] === 'string'
      ? metadata['name']
      : typeof metadata['generateName'] === 'string'
        ? `${metadata['generateName']}x`
        : 'unnamed';
  const { namespaced } = KINDS[kind];
  const namespace =
    typeof metadata['namespace'] === 'string' && metadata['namespace'] !== '' ? metadata['namespace'] : 'default';
  return [
    {
      ...converted(kind, plain),
      kind,
      metadata: { ...withoutNamespace(metadata), name, ...(namespaced ? { namespace } : {}) },
    },
  ];
}

function isListed(kind: unknown): kind is KindName {
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind);
}

function withoutNamespace({ namespace: _namespace, ...metadata }: Record<string, unknown>): Record<string, unknown> {
  return metadata;
}

function itemKind(list: unknown): string {
  return String(list).replace(/List$/, '');
}

/** Old versions as an API server converts them. */
function converted(kind: string, object: Record<string, unknown>): Record<string, unknown> {
  const spec = isRecord(object['spec']) ? object['spec'] : null;
  if (kind === 'Ingress' && spec !== null && String(object['apiVersion']).endsWith('v1beta1'))
    return { ...object, spec: ingressSpec(spec) };
  if (kind === 'HorizontalPodAutoscaler' && spec !== null) return { ...object, spec: scalerSpec(spec) };
  return object;
}

function ingressSpec(spec: Record<string, unknown>): Record<string, unknown> {
  const { backend, ...rest } = spec;
  const rules = listOf(spec['rules']).map((rule) => {
    if (!isRecord(rule) || !isRecord(rule['http'])) return rule;
    const paths = listOf(rule['http']['paths']).map((path) =>
      isRecord(path) ? { ...path, backend: ingressBackend(path['backend']) } : path,
    );
    return { ...rule, http: { ...rule['http'], paths } };
  });
  return {
    ...rest,
    ...(backend === undefined ? {} : { defaultBackend: ingressBackend(backend) }),
    ...(rules.length === 0 ? {} : { rules }),
  };
}

function ingressBackend(backend: unknown): unknown {
  if (!isRecord(backend) || backend['serviceName'] === undefined) return backend;
  const port = backend['servicePort'];
  return {
    service: { name: backend['serviceName'], port: typeof port === 'number' ? { number: port } : { name: port } },
  };
}

function scalerSpec(spec: Record<string, unknown>): Record<string, unknown> {
  const { targetCPUUtilizationPercentage: cpu, ...rest } = spec;
  return cpu === undefined
    ? rest
    : {
        ...rest,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } },
        ],
      };
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null && item !== undefined).map(withoutNulls);
  if (!isRecord(value)) return value instanceof Date ? value.toISOString() : value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
