import type { Failure } from '../../domain/check.ts';
import { isRecord, jsonOf, NoAnswer, statusOf, type Answer, type Ask } from './call.ts';
import { failureOf } from './failure.ts';
import { apiVersionOf, groupPathOf, KINDS, pathOf, type Kind, type KindName } from './kinds.ts';
import type { KubeObject } from './objects.ts';
import { pageOf, type Page } from './page.ts';
import type { Trimmer } from './trim.ts';
import type { Turns } from './turns.ts';

/** What there is of one kind, and what could not be seen of it. */
export interface Listing<Object> {
  readonly objects: readonly Object[];
  readonly hidden: readonly HiddenPart[];
  /** False: the cluster has no such kind, which is an answer for those that are optional. */
  readonly served: boolean;
  /** The store did not answer: this is what the API server remembered of it. */
  readonly remembered: boolean;
}

export interface HiddenPart {
  /** null: of all namespaces, or of a kind that belongs to none. */
  readonly namespace: string | null;
  readonly failure: Failure;
}

/** How many objects a page holds; kubectl's own figure. */
export const PAGE_SIZE = 500;
/** A list that keeps expiring while it is read is given up. */
const RESTARTS = 3;
/** What one page may be long: 500 objects are rarely more than some megabytes. */
const PAGE_BYTES_MAX = 256 * 1024 * 1024;

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

export interface ListDeps {
  readonly ask: Ask;
  readonly trimmer: Trimmer;
  /** How many pages are read at once: each is many times as large as what is kept of it. */
  readonly turns: Turns;
  readonly store: Store;
  readonly signal: AbortSignal;
}

/** What is behind the API server. */
export interface Store {
  /** A list found it so, and what the API server remembers answered: the other lists do not wait for it, too. */
  isAway: boolean;
}

/** Lists one kind, in one namespace or in all. Trouble is a hidden part; only an abort is thrown. */
export async function listOne(name: KindName, namespace: string | null, deps: ListDeps): Promise<Listing<KubeObject>> {
  const { read } = KINDS[name];
  const first = await readPages(name, namespace, read === 'cache', deps);
  if (read === 'cache' || !first.away) return first;
  const again = await readPages(name, namespace, true, deps);
  if (again.hidden.length > 0) return first;
  deps.store.isAway = true;
  return { ...again, remembered: true };
}

/** `away`: the store behind the API server did not answer. */
type Read = Listing<KubeObject> & { readonly away: boolean };

async function readPages(name: KindName, namespace: string | null, fromCache: boolean, deps: ListDeps): Promise<Read> {
  const kind = KINDS[name];
  const listing = (more: Partial<Read>): Read => ({
    objects: [],
    hidden: [],
    served: true,
    remembered: false,
    away: false,
    ...more,
  });
  const hiddenBy = (failure: Failure): readonly HiddenPart[] => [{ namespace, failure }];
  let objects: KubeObject[] = [];
  let isNameless = false;
  let token: string | null = null;
  for (let restarts = 0; ; ) {
    const path: string = `${pathOf(kind, namespace)}${queryOf(kind, fromCache, token)}`;
    // What is read out of memory is soon done, and may spare the others a long wait.
    const page: PageRead = await deps.turns.take(
      async () => (deps.store.isAway && !fromCache ? STORE_AWAY : readPage(name, namespace, path, deps)),
      fromCache,
    );
    switch (page.status) {
      case 'away':
        return listing({ hidden: hiddenBy(page.failure), away: page.isStore });
      case 'not-served':
        return listing({ served: false });
      case 'expired':
        // The rest is read with the fresh token where there is one; what came twice stands once. Without one, all again.
        if (restarts === RESTARTS) return listing({ hidden: hiddenBy(page.failure) });
        restarts += 1;
        token = page.token;
        if (token === null) objects = [];
        continue;
      case 'read':
        for (const object of page.objects) objects.push(object);
        isNameless ||= page.isNameless;
        token = page.token;
        if (token !== null) continue;
        return listing({
          objects: restarts === 0 ? objects : onceEach(objects),
          hidden: isNameless ? hiddenBy(NAMELESS) : [],
        });
    }
  }
}

type PageRead =
  | {
      readonly status: 'read';
      readonly objects: readonly KubeObject[];
      readonly token: string | null;
      readonly isNameless: boolean;
    }
  | { readonly status: 'expired'; readonly token: string | null; readonly failure: Failure }
  | { readonly status: 'not-served' }
  /** `isStore`: what the API server remembers may still be had. */
  | { readonly status: 'away'; readonly failure: Failure; readonly isStore: boolean };

/** Nothing of the answer but the trimmed objects outlives this: a page is freed before the next one comes. */
async function readPage(
  name: KindName,
  namespace: string | null,
  path: string,
  { ask, trimmer, signal }: ListDeps,
): Promise<PageRead> {
  const kind = KINDS[name];
  const version = apiVersionOf(kind);
  const made: { page: Page<KubeObject | null> | null } = { page: null };
  const read = (bytes: Buffer): void => {
    made.page = pageOf(bytes, (item) => trimmer.trim(name, version, item));
  };
  let answer: Answer;
  try {
    const accept = kind.metadataOnly === true ? { accept: METADATA_LIST } : {};
    answer = await ask({ method: 'GET', path, limitBytes: PAGE_BYTES_MAX, read, ...accept }, signal);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const { code, message } = error;
    return { status: 'away', failure: { code, message }, isStore: code === 'TIMEOUT' || code === 'ECONNRESET' };
  }
  const failure = (): Failure => failureOf(answer, { verb: 'list', kind, namespace });
  if (answer.status === 410) return { status: 'expired', token: statusOf(answer).continueToken, failure: failure() };
  if (
    kind.optional === true &&
    (answer.status === 404 || (answer.status === 403 && (await isMissing(kind, ask, signal))))
  )
    return { status: 'not-served' };
  if (answer.status !== 200) return { status: 'away', failure: failure(), isStore: answer.status >= 500 };
  if (answer.wasRead !== true) read(Buffer.from(answer.body));
  const { page } = made;
  if (page === null) {
    const message = `What came for a list of ${kind.plural} is not a list. See what answers there: kubectl get --raw '${path}'`;
    return { status: 'away', failure: { code: 'ANSWER_INVALID', message }, isStore: false };
  }
  const objects = page.items.filter((object) => object !== null);
  return { status: 'read', objects, token: page.token, isNameless: objects.length < page.items.length };
}

/**
 * Whether the cluster has no such kind. Rights are asked before anything else, so that who may not list it is refused
 * where there is nothing to be listed; what kinds there are, everybody who logs in may ask (system:discovery).
 */
async function isMissing(kind: Kind, ask: Ask, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await ask({ method: 'GET', path: groupPathOf(kind) }, signal);
    if (answer.status === 404) return true;
    const body = answer.status === 200 ? jsonOf(answer.body) : undefined;
    const resources = isRecord(body) ? body['resources'] : undefined;
    return Array.isArray(resources) && !resources.some((each) => isRecord(each) && each['name'] === kind.plural);
  } catch (error) {
    if (error instanceof NoAnswer) return false;
    throw error;
  }
}

/** What was listed before a list expired may be listed again. */
function onceEach(objects: readonly KubeObject[]): readonly KubeObject[] {
  const byName = new Map(objects.map((object) => [keyOf(object), object]));
  return [...byName.values()];
}

function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return `${namespace ?? ''}/${name}`;
}

const STORE_AWAY: PageRead = {
  status: 'away',
  failure: { code: 'TIMEOUT', message: 'The store behind the API server did not answer another list of this run.' },
  isStore: true,
};

const NAMELESS: Failure = { code: 'OBJECT_INVALID', message: 'The API server listed something that has no name.' };

function queryOf(kind: Kind, fromCache: boolean, token: string | null): string {
  const query = new URLSearchParams();
  if (fromCache) query.set('resourceVersion', '0');
  else query.set('limit', String(PAGE_SIZE));
  if (kind.fieldSelector !== undefined) query.set('fieldSelector', kind.fieldSelector);
  if (token !== null) query.set('continue', token);
  return `?${query.toString()}`;
}
