import { canonicalInventory, accountsOf, wholeKind } from '../domain/drift.ts';
import type { Inventory } from '../domain/baseline.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { matchesGlob } from '../domain/glob.ts';
import type { InventoryScope } from '../domain/inventory-scope.ts';
import type { JsonObject } from '../domain/json.ts';
import { errorCode } from '../domain/failure.ts';
import type {
  HiddenFact,
  InventoryCatalog,
  InventoryFact,
  InventoryKind,
  InventoryRead,
  InventorySource,
  InventorySourceId,
} from '../domain/inventory.ts';
import type { Failure, Together } from '../domain/check.ts';
import { printable } from '../domain/printable.ts';
import type { Redacted, Redactor } from '../domain/redaction/redacted.ts';
import { CodedError } from '../domain/coded-error.ts';

/** What one scan saw, and what the kinds of its facts mean. */
export interface Scan {
  readonly inventory: Redacted<Inventory>;
  readonly kinds: ReadonlyMap<string, KindOfFact>;
  /** Sources that failed and of which nobody knows where they would have looked: nothing is compared with what they read. */
  readonly unread: readonly UnreadSource[];
}

export interface UnreadSource {
  readonly source: InventorySourceId;
  readonly failure: Redacted<Failure>;
}

export interface KindOfFact extends InventoryKind {
  /** The source that reads it: what evidence names. */
  readonly source: string;
}

export interface ScanDeps {
  readonly catalog: InventoryCatalog;
  readerOf(provider: string): Promise<unknown>;
  readonly redactor: Redactor;
  /** `inventory.files` of the configuration. */
  readonly files: readonly string[];
  readonly signal: AbortSignal;
  readonly together: Together;
}

/** What one source may hand back at most; more makes its kinds hidden instead of filling memory and disk. */
export const FACTS_MAX = 50_000;

/**
 * Reads the sources of the scope, each within its own time. A source that throws, is too slow or breaks its contract
 * hides its kinds in all `accounts` and in those that the others saw: its trouble is no reason to leave the rest unread.
 * Where no account of its provider is known, its kinds are left out and it is `unread`. Throws when it is told to stop,
 * when the scope names nothing, and what the first one threw when nothing at all could be read.
 */
export async function scanInventory(
  scope: InventoryScope,
  accounts: ReadonlySet<string>,
  deps: ScanDeps,
): Promise<Scan> {
  const asked = await sourcesOf(scope, deps.catalog);
  const parts = await Promise.all(
    asked.map(async ({ source, settings }) => ({ source, read: await readSource(source, settings, deps) })),
  );
  deps.signal.throwIfAborted();
  const read = parts.flatMap((part) => ('failure' in part.read ? [] : [part.read]));
  const facts = read.flatMap((each) => each.facts);
  const hidden = read.flatMap((each) => each.hidden);
  const places = new Set([...accounts, ...accountsOf({ facts, hidden })]);
  const failed = parts.flatMap(({ source, read: each }) =>
    'failure' in each ? [{ source, failure: each.failure }] : [],
  );
  const lost = failed.filter(({ source }) => placesOf(source, places).length === 0);
  const [first] = lost;
  if (first !== undefined && lost.length === parts.length) throw new ScanFailed(first.source, first.failure);
  const unread = new Set(lost.map(({ source }) => source));
  const kinds = new Map(
    parts
      .filter(({ source }) => !unread.has(source))
      .flatMap(({ source }) =>
        Object.entries(source.kinds).map(([kind, meant]) => [kind, { ...meant, source: source.id }] as const),
      ),
  );
  const inventory = canonicalInventory({
    kinds: [...kinds.keys()],
    facts,
    hidden: [...hidden, ...failed.flatMap(({ source, failure }) => hideAll(source, failure, places))],
  });
  return {
    inventory: redacted(inventory, deps.redactor),
    kinds,
    unread: lost.map(({ source, failure }) => ({ source: source.id, failure: deps.redactor.data({ ...failure }) })),
  };
}

interface AskedSource {
  readonly source: InventorySource;
  readonly settings: JsonObject;
}

/** Each source once for each of its settings. */
async function sourcesOf(scope: InventoryScope, catalog: InventoryCatalog): Promise<readonly AskedSource[]> {
  const asked = new Map<string, { readonly id: InventorySourceId; readonly settings: JsonObject }>();
  for (const { sources, settings } of scope) {
    const ids = catalog.ids.filter((id) => matchesGlob(sources, id));
    if (ids.length === 0)
      throw new CodedError('NOT_FOUND', `no source of inventory facts fits ${JSON.stringify(sources)}`, {
        next: `there are: ${catalog.ids.join(', ')}`,
      });
    for (const id of ids) asked.set(`${id} ${canonicalJson(settings)}`, { id, settings });
  }
  return Promise.all(
    [...asked.values()].map(async ({ id, settings }) => ({ source: await catalog.load(id), settings })),
  );
}

async function readSource(
  source: InventorySource,
  settings: JsonObject,
  deps: ScanDeps,
): Promise<InventoryRead | { failure: Failure }> {
  try {
    const read = await inTime(source, settings, deps);
    const broken = whatIsBroken(source, read);
    return broken === null ? withPlainNames(read) : { failure: { code: 'SOURCE_BROKEN', message: broken } };
  } catch (error) {
    deps.signal.throwIfAborted();
    const message = error instanceof Error ? error.message : `${source.id} threw ${typeof error}`;
    return { failure: { code: errorCode(error) ?? 'SOURCE_THREW', message } };
  }
}

/** A source that ignores its signal is left behind, not waited for. */
function inTime(
  source: InventorySource,
  settings: JsonObject,
  { readerOf, files, signal, together }: ScanDeps,
): Promise<InventoryRead> {
  const limit = new AbortController();
  const both = AbortSignal.any([limit.signal, signal]);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => limit.abort(), source.timeoutMs);
    const giveUp = (): void => {
      clearTimeout(timer);
      reject(limit.signal.aborted ? new SourceTimeout(source) : new Error('the scan was stopped'));
    };
    if (both.aborted) return giveUp();
    both.addEventListener('abort', giveUp, { once: true });
    void readerOf(source.id.slice(0, source.id.indexOf('/')))
      .then((reader) => source.read(reader, { signal: both, together, files, settings }))
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        both.removeEventListener('abort', giveUp);
      });
  });
}

class SourceTimeout extends Error {
  readonly code = 'TIMEOUT';
  constructor({ id, timeoutMs }: InventorySource) {
    super(`${id} did not answer within ${timeoutMs} ms`);
  }
}

/** What a source hands back is compared, kept and told for ever: it is held to its contract. */
function whatIsBroken(source: InventorySource, { facts, hidden }: InventoryRead): string | null {
  if (facts.length > FACTS_MAX || hidden.length > FACTS_MAX)
    return `${source.id} has ${Math.max(facts.length, hidden.length)} facts; at most ${FACTS_MAX} are taken`;
  const seen = new Set<string>();
  for (const { kind, resource } of facts) {
    if (!isItsOwn(source, kind, resource))
      return `${source.id} has a fact of the kind "${kind}" under the id ${printable(resource)}`;
    if (seen.has(`${kind}\0${resource}`)) return `${source.id} has two facts of ${printable(resource)}`;
    seen.add(`${kind}\0${resource}`);
  }
  const stray = hidden.find(({ kind, resource }) => !isItsOwn(source, kind, resource));
  return stray === undefined
    ? null
    : `${source.id} hides ${printable(stray.resource)} under the kind "${stray.kind}", which is not its own`;
}

function isItsOwn(source: InventorySource, kind: string, resource: string): boolean {
  const provider = source.id.slice(0, source.id.indexOf('/'));
  const slash = resource.indexOf('/');
  return (
    Object.hasOwn(source.kinds, kind) &&
    resource.startsWith(`${provider}:`) &&
    resource.slice(slash).startsWith(`/${kind}/`)
  );
}

function withPlainNames({ facts, hidden }: InventoryRead): InventoryRead {
  return {
    facts: facts.map(
      (fact): InventoryFact => ({ ...fact, resource: printable(fact.resource), name: printable(fact.name) }),
    ),
    hidden: hidden.map(
      (part): HiddenFact => ({ ...part, resource: printable(part.resource), name: printable(part.name) }),
    ),
  };
}

function hideAll(source: InventorySource, failure: Failure, accounts: ReadonlySet<string>): HiddenFact[] {
  return placesOf(source, accounts).flatMap((account) =>
    Object.keys(source.kinds).map((kind) => ({
      kind,
      resource: wholeKind(account, kind),
      name: source.title,
      failure,
    })),
  );
}

/** The accounts in which a source would have looked. */
function placesOf({ id }: InventorySource, accounts: ReadonlySet<string>): readonly string[] {
  const provider = `${id.slice(0, id.indexOf('/'))}:`;
  return [...accounts].filter((account) => account.startsWith(provider));
}

/** Nothing is known of where the source would have looked, so nothing can be said to be hidden but all of it. */
class ScanFailed extends Error {
  readonly code: string;
  constructor({ id }: InventorySource, { code, message }: Failure) {
    super(`${id}: ${message}`);
    this.code = code;
  }
}

function redacted(inventory: Inventory, redactor: Redactor): Redacted<Inventory> {
  const kept = redactor.data(inventory);
  // Whatever its type says, it is a sentence in place of the inventory when redaction failed.
  if (typeof kept !== 'object') throw new CodedError('INTERNAL', 'what was seen could not be redacted');
  return kept;
}
