import { digestOf, type Digest } from '../../../domain/digest.ts';
import { fieldsAt, listAt, textAt, type Fields } from './object-fields.ts';

/** The kinds whose pods are replaced when their template changes. */
export const ROLLING_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/** What tells one pod template from another; of the values in it nothing can be had back from it. */
export function templateDigest(template: Fields): Digest {
  return digestOf('pod-template', template);
}

export function templateOf(workload: Fields): Fields {
  return fieldsAt(workload, 'spec', 'template');
}

/** `web: registry.lab/web:1.4.2`, all containers that a template has. */
export function imagesOf(template: Fields): readonly string[] {
  return [...listAt(template, 'spec', 'initContainers'), ...listAt(template, 'spec', 'containers')].map(
    (container) => `${textAt(container, 'name') ?? ''}: ${textAt(container, 'image') ?? ''}`,
  );
}

/** Pods of these are only replaced when somebody deletes them. */
export function replacesOnDelete(workload: Fields): boolean {
  return textAt(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete';
}

export function isPaused(workload: Fields): boolean {
  return fieldsAt(workload, 'spec')['paused'] === true;
}
