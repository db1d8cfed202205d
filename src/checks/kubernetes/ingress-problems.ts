import type { Ingress, IngressClass, Secret, Service } from '../../providers/kubernetes/reader.ts';
import type { ByName } from './by-name.ts';
import type { LastingProblem } from './lasting.ts';
import type { Field } from './problems.ts';
import { ingressBackends, portWords, type RouteBackend } from './route-backends.ts';

/** What an Ingress refers to. */
export interface IngressSurroundings {
  readonly services: ByName<Service>;
  /** null: classes could not be read. */
  readonly classes: readonly IngressClass[] | null;
  /** null: Secrets were not asked for, or could not be read. */
  readonly secrets: ByName<Secret> | null;
}

export function ingressProblems(ingress: Ingress, around: IngressSurroundings): readonly LastingProblem[] {
  return [
    ...ingressBackends(ingress).flatMap((backend) => backendProblems(backend, around.services)),
    ...classProblems(ingress, around.classes),
    ...tlsProblems(ingress, around.secrets),
    ...loadBalancerProblems(ingress),
  ];
}

/** Of an Ingress or of a route: the Service is there, and it has the port, by name or by number. */
export function backendProblems(backend: RouteBackend, services: ByName<Service>): readonly LastingProblem[] {
  const { path, namespace, name, port } = backend;
  const service = services.get(namespace, name);
  const named: Field = { path: `${path}.name`, value: name };
  const about = `Service ${namespace}/${name}`;
  if (service === undefined) return [{ rule: 'service-missing', about, since: 0, fields: [named] }];
  if (hasPort(service, port)) return [];
  return [
    {
      rule: 'port-missing',
      about: `${portWords(port)} of ${about}`,
      since: 0,
      fields: [
        named,
        { path: `${path}.port`, value: portWords(port) },
        { path: `${about}: spec.ports`, value: portsInWords(service) },
      ],
    },
  ];
}

/** A port without a name is not the port that nothing named: a number is compared with numbers alone. */
function hasPort({ spec }: Service, { name, number }: RouteBackend['port']): boolean {
  const ports = spec?.ports ?? [];
  if (spec?.type === 'ExternalName' && ports.length === 0) return true;
  if (name !== undefined && name !== '') return ports.some((port) => port.name === name);
  return number === undefined || ports.some(({ port }) => port === number);
}

function portsInWords({ spec }: Service): string {
  return (spec?.ports ?? []).map(({ name, port }) => `${name === undefined ? '' : `${name} `}${port ?? ''}`).join(', ');
}

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';
/** Served by GKE without a class of that name. */
const BUILT_IN: ReadonlySet<string> = new Set(['gce', 'gce-internal']);

/**
 * An annotation was enough before there were classes, and still is for some controllers; so is nothing. These are
 * doubted only while no controller says by the status that it serves the Ingress.
 */
function classProblems(ingress: Ingress, classes: readonly IngressClass[] | null): readonly LastingProblem[] {
  if (classes === null) return [];
  const inSpec = ingress.spec?.ingressClassName;
  const annotated = ingress.metadata.annotations?.[CLASS_ANNOTATION];
  const isServed = (ingress.status?.loadBalancer?.ingress ?? []).length > 0;
  const exists = (name: string): boolean =>
    BUILT_IN.has(name) || classes.some(({ metadata }) => metadata.name === name);
  if (inSpec !== undefined && inSpec !== '')
    return exists(inSpec) ? [] : [missingClass(inSpec, { path: 'spec.ingressClassName', value: inSpec })];
  if (isServed) return [];
  if (annotated !== undefined && annotated !== '')
    return exists(annotated)
      ? []
      : [missingClass(annotated, { path: `metadata.annotations["${CLASS_ANNOTATION}"]`, value: annotated })];
  if (classes.some(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true')) return [];
  return [
    {
      rule: 'no-class',
      since: 0,
      fields: [
        { path: 'spec.ingressClassName', value: null },
        { path: 'status.loadBalancer.ingress', value: null },
        { path: 'default IngressClass', value: null },
      ],
    },
  ];
}

function missingClass(name: string, field: Field): LastingProblem {
  return { rule: 'class-missing', about: name, since: 0, fields: [field] };
}

/** An empty name is legal: the controller's own certificate is taken. */
function tlsProblems({ metadata, spec }: Ingress, secrets: ByName<Secret> | null): readonly LastingProblem[] {
  return (spec?.tls ?? []).flatMap(({ secretName }, index) => {
    if (secrets === null || secretName === undefined || secretName === '') return [];
    if (secrets.get(metadata.namespace, secretName) !== undefined) return [];
    return [
      {
        rule: 'tls-secret-missing',
        about: secretName,
        since: 0,
        fields: [{ path: `spec.tls[${index}].secretName`, value: secretName }],
      },
    ];
  });
}

function loadBalancerProblems({ status }: Ingress): readonly LastingProblem[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ports }, place) =>
    (ports ?? []).flatMap(({ port, error }, index) =>
      error === undefined || error === ''
        ? []
        : [
            {
              rule: 'load-balancer-error',
              about: `${port ?? 'a port'}: ${error}`,
              since: 0,
              fields: [{ path: `status.loadBalancer.ingress[${place}].ports[${index}].error`, value: error }],
            },
          ],
    ),
  );
}
