import type { AskedLook } from './looks.ts';
import type { Thing } from './things.ts';

export interface OnlyNamed {
  readonly looks: readonly AskedLook[];
  readonly things: readonly Thing[];
  /** Names of the question that nothing bears. */
  readonly unseen: readonly string[];
}

/** Of a question about things with names, only those count; a name that nothing bears is said. */
export function onlyNamed(names: readonly string[], looks: readonly AskedLook[], things: readonly Thing[]): OnlyNamed {
  if (names.length === 0 || looks.length === 0) return { looks, things, unseen: [] };
  const bearing = names.map((name) => ({
    name,
    things: things.filter((one) => bears({ name: pathOf(one), resource: '' }, name)),
  }));
  const isSeen = ({ name, things: mine }: (typeof bearing)[number]): boolean =>
    mine.length > 0 || looks.some(({ look }) => look.resources.some((one) => bears(one, name)));
  const seen = bearing.filter(isSeen);
  const unseen = bearing.filter((one) => !isSeen(one)).map(({ name }) => name);
  if (seen.length === 0) return { looks, things, unseen };
  const kept = looks.map((one) => ({
    ...one,
    look: {
      ...one.look,
      resources: one.look.resources.filter((resource) =>
        seen.some(
          ({ name, things: mine }) => bears(resource, name) || mine.some((its) => isToldUnder(its, resource.resource)),
        ),
      ),
    },
  }));
  return { looks: kept, things: seen.flatMap(({ things: mine }) => mine), unseen };
}

/** `web` is borne by `Deployment prod/web` and not by `web-api`; `nginx` by `nginx.service`. */
function bears({ name, resource }: { readonly name: string; readonly resource: string }, wanted: string): boolean {
  const small = wanted.toLowerCase();
  const forms = [small, `${small}s`, `${small}.service`];
  return [name, resource].some((text) =>
    text
      .toLowerCase()
      .split(/[\s,;"'()[\]]+/)
      .some((part) => forms.some((form) => part === form || part.endsWith(`/${form}`))),
  );
}

/** What is wrong with the pod `web-5d9f-x2x` is told under `prod/web`, which made it. */
function isToldUnder(pod: Thing, resource: string): boolean {
  if (pod.kind !== 'Pod') return false;
  const [namespace, owner = ''] = resource.split('/').slice(-2);
  return namespace === pod.namespace && (pod.name === owner || pod.name.startsWith(`${owner}-`));
}

function pathOf({ namespace, name }: Thing): string {
  return namespace === null ? name : `${namespace}/${name}`;
}
