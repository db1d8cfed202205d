import type { Action, ActionCatalog, ActionId, ActionRef } from '../../domain/action.ts';
import { CodedError } from '../../domain/coded-error.ts';
import { suggest } from '../../domain/suggest.ts';

/** One line per action with its version, sorted. Nothing is imported before it is asked for. */
const ACTIONS: Readonly<Record<ActionRef, () => Promise<{ readonly action: Action }>>> = {
  'aws/activate-access-key@1': () => import('./aws/activate-access-key.ts'),
  'aws/authorize-security-group-ingress@1': () => import('./aws/authorize-security-group-ingress.ts'),
  'aws/block-public-access-account@1': () => import('./aws/block-public-access-account.ts'),
  'aws/block-public-access-bucket@1': () => import('./aws/block-public-access-bucket.ts'),
  'aws/deactivate-access-key@1': () => import('./aws/deactivate-access-key.ts'),
  'aws/delete-volume@1': () => import('./aws/delete-volume.ts'),
  'aws/make-snapshot-private@1': () => import('./aws/make-snapshot-private.ts'),
  'aws/release-address@1': () => import('./aws/release-address.ts'),
  'aws/revoke-security-group-ingress@1': () => import('./aws/revoke-security-group-ingress.ts'),
  'aws/set-desired-capacity@1': () => import('./aws/set-desired-capacity.ts'),
  'aws/start-instance@1': () => import('./aws/start-instance.ts'),
  'aws/stop-instance@1': () => import('./aws/stop-instance.ts'),
  'aws/tag-resource@1': () => import('./aws/tag-resource.ts'),
  'aws/untag-resource@1': () => import('./aws/untag-resource.ts'),
  'aws/update-ecs-service@1': () => import('./aws/update-ecs-service.ts'),
  'host/compress-logs@1': () => import('./host/compress-logs.ts'),
  'host/decompress-logs@1': () => import('./host/decompress-logs.ts'),
  'host/prune-directory@1': () => import('./host/prune-directory.ts'),
  'host/purge-held@1': () => import('./host/purge-held.ts'),
  'host/restart-unit@1': () => import('./host/restart-unit.ts'),
  'host/restore-held@1': () => import('./host/restore-held.ts'),
  'host/run-command@1': () => import('./host/run-command.ts'),
  'kubernetes/apply-manifest@1': () => import('./kubernetes/apply-manifest.ts'),
  'kubernetes/cordon-node@1': () => import('./kubernetes/cordon-node.ts'),
  'kubernetes/delete-resource@1': () => import('./kubernetes/delete-resource.ts'),
  'kubernetes/drain-node@1': () => import('./kubernetes/drain-node.ts'),
  'kubernetes/evict-pod@1': () => import('./kubernetes/evict-pod.ts'),
  'kubernetes/restart-rollout@1': () => import('./kubernetes/restart-rollout.ts'),
  'kubernetes/resume-cronjob@1': () => import('./kubernetes/resume-cronjob.ts'),
  'kubernetes/scale-workload@1': () => import('./kubernetes/scale-workload.ts'),
  'kubernetes/set-image@1': () => import('./kubernetes/set-image.ts'),
  'kubernetes/suspend-cronjob@1': () => import('./kubernetes/suspend-cronjob.ts'),
  'kubernetes/uncordon-node@1': () => import('./kubernetes/uncordon-node.ts'),
  'kubernetes/undo-rollout@1': () => import('./kubernetes/undo-rollout.ts'),
  'terraform/apply-saved-plan@1': () => import('./terraform/apply-saved-plan.ts'),
};

export const actionCatalog: ActionCatalog = {
  refs: Object.keys(ACTIONS).filter(isActionRef).toSorted(),
  async load(id) {
    const ref = actionCatalog.refs.find((known) => known === id || idOf(known) === id);
    const load = ref === undefined ? undefined : ACTIONS[ref];
    if (load === undefined) throw notFound(id);
    return (await load()).action;
  },
};

function isActionRef(text: string): text is ActionRef {
  return /^[^/]+\/[^/@]+@\d+$/.test(text);
}

/** `host/prune-directory` of `host/prune-directory@1`. */
function idOf(ref: ActionRef): ActionId {
  const [provider = '', rest = ''] = ref.split('/');
  return `${provider}/${rest.slice(0, rest.indexOf('@'))}`;
}

function notFound(id: string): CodedError {
  const bare = id.replace(/@[^@]*$/, '');
  const current = actionCatalog.refs.find((ref) => idOf(ref) === bare);
  if (current !== undefined) {
    return new CodedError('NOT_FOUND', `There is no action "${id}"; this Holdfast has ${current}.`, {
      next: `A plan is carried out by the version it was sealed with: make a new one with ${current}.`,
    });
  }
  const near = suggest(bare, actionCatalog.refs.map(idOf));
  return new CodedError('NOT_FOUND', `There is no action "${id}".${near === null ? '' : ` Did you mean "${near}"?`}`, {
    next: 'See "holdfast actions list".',
  });
}
