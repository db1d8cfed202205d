import type { CronJob, Job } from '../../providers/kubernetes/reader.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { Field } from './problems.ts';
import { anyOf, inContainers, inPods, type Found, type WorkloadRule } from './workload-rule.ts';

export interface DescriptionSettings {
  readonly commonLabels: readonly string[];
  readonly requiredLabels: readonly string[];
  readonly requiredAnnotations: readonly string[];
  readonly nameLabels: readonly string[];
  readonly ndots: string;
}

const SEE = 'See what it says now: kubectl get {object} -o yaml';

/** What is written twice, left out, or written in a way of yesterday. */
export const DESCRIPTION_RULES: readonly WorkloadRule<DescriptionSettings>[] = [
  {
    id: 'duplicate-env',
    severity: 'low',
    title: 'sets environment variables twice: {about}',
    why: 'The last one wins, and a tool that merges by name may keep the other.',
    next: SEE,
    find: (workload) => duplicateEnv(workload),
  },
  {
    id: 'deprecated-service-account',
    severity: 'low',
    title: 'names its service account in the field that was given up: {about}',
    why: 'Where `serviceAccount` and `serviceAccountName` differ, it is not plain to readers which one holds.',
    next: SEE,
    find: (workload) => {
      const { serviceAccount, serviceAccountName } = workload.pods.spec;
      // An API server writes both, and then they are the same.
      if (serviceAccount === undefined || serviceAccount === '' || serviceAccount === serviceAccountName) return [];
      return inPods(workload, 'serviceAccount', serviceAccount).map((found) => ({ ...found, about: serviceAccount }));
    },
  },
  {
    id: 'naked-pod',
    severity: 'low',
    title: 'belongs to nothing that would start it again',
    why: 'When its node goes, or is drained, it is gone.',
    next: 'See who made it, and what it is for: kubectl get {object} -o yaml',
    find: ({ object }) =>
      object.kind === 'Pod' &&
      (object.metadata.ownerReferences ?? []).length === 0 &&
      object.metadata.annotations?.['kubernetes.io/config.mirror'] === undefined
        ? [{ fields: [{ path: 'metadata.ownerReferences', value: null }] }]
        : [],
  },
  {
    id: 'job-without-ttl',
    severity: 'low',
    title: 'stays when it has run, as nothing says for how long',
    why: 'Finished jobs and their pods pile up, and slow down who lists them.',
    next: 'See what is left of earlier ones: kubectl get jobs -A',
    find: ({ object, named }) =>
      object.kind === 'Job' && named.kind === 'Job' && (object as Job).spec?.ttlSecondsAfterFinished === undefined
        ? [{ fields: [{ path: 'spec.ttlSecondsAfterFinished', value: null }] }]
        : [],
  },
  {
    id: 'cron-job-with-ttl',
    severity: 'info',
    optional: true,
    title: 'says twice for how long its jobs stay',
    why: 'The history limits of the CronJob and the time of its jobs both hold, and the stricter one wins.',
    next: SEE,
    find: ({ object }) => {
      const ttl =
        object.kind === 'CronJob' ? (object as CronJob).spec?.jobTemplate?.spec?.ttlSecondsAfterFinished : undefined;
      return ttl === undefined
        ? []
        : [{ fields: [{ path: 'spec.jobTemplate.spec.ttlSecondsAfterFinished', value: ttl }] }];
    },
  },
  {
    id: 'cron-job',
    severity: 'info',
    optional: true,
    title: 'is run by the clock',
    why: 'A CronJob is a way to stay in a cluster unseen: each one should be known.',
    next: 'See what it runs: kubectl get {object} -o yaml',
    find: ({ object }) =>
      object.kind === 'CronJob'
        ? [{ fields: [{ path: 'spec.schedule', value: (object as CronJob).spec?.schedule ?? null }] }]
        : [],
  },
  {
    id: 'no-common-label',
    severity: 'info',
    optional: true,
    title: 'has none of the labels by which workloads are told apart: {about}',
    why: 'Who owns it, and what it belongs to, is then only in somebody’s head.',
    next: SEE,
    find: (workload, { commonLabels }) => withoutCommonLabel(workload, commonLabels),
  },
  {
    id: 'required-label-missing',
    severity: 'low',
    title: 'lacks labels that are required here: {about}',
    why: 'The list of labels is that of the runbook.',
    next: SEE,
    find: ({ object }, { requiredLabels }) => missing(object.metadata.labels, requiredLabels, 'labels'),
  },
  {
    id: 'required-annotation-missing',
    severity: 'low',
    title: 'lacks annotations that are required here: {about}',
    why: 'The list of annotations is that of the runbook.',
    next: SEE,
    find: ({ object }, { requiredAnnotations }) =>
      missing(object.metadata.annotations, requiredAnnotations, 'annotations'),
  },
  {
    id: 'label-is-not-name',
    severity: 'info',
    optional: true,
    title: 'has labels that should be its name and are not: {about}',
    why: 'Tools that find it by such a label find another, or none.',
    next: SEE,
    find: ({ object }, { nameLabels }) =>
      nameLabels.flatMap((label): readonly Found[] => {
        const value = object.metadata.labels?.[label];
        return value === object.metadata.name
          ? []
          : [{ about: label, fields: [{ path: `metadata.labels["${label}"]`, value: value ?? null }] }];
      }),
  },
  {
    id: 'other-ndots',
    severity: 'info',
    optional: true,
    title: 'asks the DNS of the cluster several times for each name outside of it',
    why: 'With five dots as the mark of a full name, each search domain is tried first; a lower `ndots` saves most of that.',
    next: SEE,
    find: (workload, { ndots }) => {
      const option = workload.pods.spec.dnsConfig?.options?.find(({ name }) => name === 'ndots');
      return option?.value === ndots ? [] : inPods(workload, 'dnsConfig.options', option?.value ?? null);
    },
  },
];

function duplicateEnv(workload: JudgedWorkload): readonly Found[] {
  return inContainers(workload, ({ container, path }) => {
    const names = (container.env ?? []).map(({ name }) => name);
    return anyOf(
      names.flatMap((name, index): readonly Field[] =>
        names.indexOf(name) === index && names.lastIndexOf(name) === index
          ? []
          : [{ path: `${path}.env[${index}].name`, value: name }],
      ),
    );
  });
}

/** One of them is enough, on the workload as on its pods. */
function withoutCommonLabel({ object, pods }: JudgedWorkload, commonLabels: readonly string[]): readonly Found[] {
  const isNamed = (labels: Readonly<Record<string, string>> | undefined): boolean =>
    commonLabels.some((label) => labels?.[label] !== undefined);
  const places = [
    { about: 'on itself', path: 'metadata.labels', labels: object.metadata.labels },
    { about: 'on its pods', path: `${pods.path.replace(/\.?spec$/, '')}.metadata.labels`, labels: pods.labels },
  ];
  return places
    .slice(0, object.kind === 'Pod' ? 1 : 2)
    .flatMap(({ about, path, labels }) => (isNamed(labels) ? [] : [{ about, fields: [{ path, value: null }] }]));
}

function missing(
  there: Readonly<Record<string, string>> | undefined,
  required: readonly string[],
  field: string,
): readonly Found[] {
  return required.flatMap((name) =>
    there?.[name] === undefined
      ? [{ about: name, fields: [{ path: `metadata.${field}["${name}"]`, value: null }] }]
      : [],
  );
}
