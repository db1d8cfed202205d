import type { Failure } from '../../domain/check.ts';
import { isRecord, jsonOf, NoAnswer, statusOf, type Answer, type Ask } from './call.ts';
import { failureOf } from './failure.ts';
import { apiVersionOf, KINDS, pathOf, type Kind, type KindName, type Kinds } from './kinds.ts';
import type { Trimmer } from './trim.ts';

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
const LIST_BYTES_MAX = 512 * 1024 * 1024;

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** Lists one kind, in one namespace or in all. Trouble is a hidden part; only an abort is thrown. */
export async function listOne<Name extends KindName>(
  name: Name,
  namespace: string | null,
  deps: { readonly ask: Ask; readonly trimmer: Trimmer; readonly signal: AbortSignal },
): Promise<Listing<Kinds[Name]>> {
  const kind = KINDS[name];
  const first = await readPages<Kinds[Name]>(name, namespace, kind.read === 'cache', deps);
  if (kind.read === 'cache' || !first.away) return first;
  const again = await readPages<Kinds[Name]>(name, namespace, true, deps);
  return again.hidden.length === 0 ? { ...again, remembered: true } : first;
}

/** `away`: the store behind the API server did not answer. */
type Read<Object> = Listing<Object> & { readonly away: boolean };

async function readPages<Object>(
  name: KindName,
  namespace: string | null,
  fromCache: boolean,
  { ask, trimmer, signal }: { readonly ask: Ask; readonly trimmer: Trimmer; readonly signal: AbortSignal },
): Promise<Read<Object>> {
  const kind = KINDS[name];
  const asked = { verb: 'list', kind, namespace } as const;
  const objects = new Map<string, Object>();
  const nameless: HiddenPart[] = [];
  const seen = (served: boolean): Read<Object> => ({
    objects: [...objects.values()],
    hidden: nameless,
    served,
    remembered: false,
    away: false,
  });
  const unseen = (failure: Failure, away = false): Read<Object> => ({
    objects: [],
    hidden: [{ namespace, failure }],
    served: true,
    remembered: false,
    away,
  });
  let token: string | null = null;
  let restarts = 0;
  for (;;) {
    let answer: Answer;
    try {
      answer = await ask(
        {
          method: 'GET',
          path: `${pathOf(kind, namespace)}${queryOf(kind, fromCache, token)}`,
          limitBytes: LIST_BYTES_MAX,
          ...(kind.metadataOnly === true ? { accept: METADATA_LIST } : {}),
        },
        signal,
      );
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return unseen(
        { code: error.code, message: error.message },
        error.code === 'TIMEOUT' || error.code === 'ECONNRESET',
      );
    }
    if (answer.status === 410 && restarts < RESTARTS) {
      // The rest is read with the fresh token where there is one; what came twice stands once. Without one, all again.
      restarts += 1;
      token = statusOf(answer).continueToken;
      if (token === null) objects.clear();
      continue;
    }
    if (answer.status === 404 && kind.optional === true) return seen(false);
    if (answer.status !== 200) return unseen(failureOf(answer, asked), answer.status >= 500);
    const page = pageOf(answer.body);
    if (page === null)
      return unseen({
        code: 'ANSWER_INVALID',
        message: `What came for a list of ${kind.plural} is not a list: ${answer.body.length} characters of something else.`,
      });
    for (const item of page.items) {
      const object = trimmer.trim(name, apiVersionOf(kind), item);
      if (object === null) nameless.push({ namespace, failure: NAMELESS });
      else objects.set(`${object.metadata.namespace ?? ''}/${object.metadata.name}`, object as Object);
    }
    if (page.token === null) return seen(true);
    token = page.token;
  }
}

const NAMELESS: Failure = { code: 'OBJECT_INVALID', message: 'The API server listed something that has no name.' };

function queryOf(kind: Kind, fromCache: boolean, token: string | null): string {
  const query = new URLSearchParams();
  if (fromCache) query.set('resourceVersion', '0');
  else query.set('limit', String(PAGE_SIZE));
  if (kind.fieldSelector !== undefined) query.set('fieldSelector', kind.fieldSelector);
  if (token !== null) query.set('continue', token);
  return `?${query.toString()}`;
}

interface Page {
  readonly items: readonly unknown[];
  readonly token: string | null;
}

/** An empty list may be `null`. */
function pageOf(body: string): Page | null {
  const list = jsonOf(body);
  if (!isRecord(list) || !isRecord(list['metadata'])) return null;
  const items = list['items'] ?? [];
  const token = list['metadata']['continue'];
  return Array.isArray(items) ? { items, token: typeof token === 'string' && token !== '' ? token : null } : null;
}
