import type { AskedLook } from './looks.ts';

export interface OnlyNamed {
  readonly looks: readonly AskedLook[];
  /** Names of the question that nothing bears. */
  readonly unseen: readonly string[];
}

/** Of a question about things with names, only those count; a name that nothing bears is said. */
export function onlyNamed(names: readonly string[], looks: readonly AskedLook[]): OnlyNamed {
  if (names.length === 0 || looks.length === 0) return { looks, unseen: [] };
  const seen = names.filter((name) => looks.some(({ look }) => look.resources.some((one) => bears(one, name))));
  const unseen = names.filter((name) => !seen.includes(name));
  if (seen.length === 0) return { looks, unseen };
  const kept = looks.map((one) => ({
    ...one,
    look: {
      ...one.look,
      resources: one.look.resources.filter((resource) => seen.some((name) => bears(resource, name))),
    },
  }));
  return { looks: kept, unseen };
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
