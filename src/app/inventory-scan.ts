import { canonicalInventory, accountsOf, wholeKind } from '../domain/drift.ts';
import type { Inventory } from '../domain/baseline.ts';
import { errorCode } from '../domain/failure.ts';
import type {
  HiddenFact,
  InventoryCatalog,
  InventoryFact,
  InventoryKind,
  InventoryRead,
  InventorySource,
} from '../domain/inventory.ts';
import type { Failure, Together } from '../domain/check.ts';
import { printable } from '../domain/printable.ts';
import type { Redacted, Redactor } from '../domain/redaction/redacted.ts';
import { CodedError } from '../domain/coded-error.ts';

/** What one scan saw, and what the kinds of its facts mean. */
export interface Scan {
  readonly inventory: Redacted<Inventory>;
  readonly kinds: ReadonlyMap<string, KindOfFact>;
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
 * Reads every source of the catalogue, each within its own time. A source that throws, is too slow or breaks its
 * contract hides its kinds in all `accounts` and in those that the others saw: its trouble is no reason to leave the
 * rest unread. Throws when it is told to stop, and what the first one threw when no source of a provider could say
 * where it was.
 */
export async function scanInventory(accounts: ReadonlySet<string>, deps: ScanDeps): Promise<Scan> {
  const sources = await Promise.all(deps.catalog.ids.map(async (id) => deps.catalog.load(id)));
  const parts = await Promise.all(sources.map(async (source) => ({ source, read: await readSource(source, deps) })));
  deps.signal.throwIfAborted();
  const read = parts.flatMap((part) => ('failure' in part.read ? [] : [part.read]));
  const facts = read.flatMap((each) => each.facts);
  const hidden = read.flatMap((each) => each.hidden);
  const places = new Set([...accounts, ...accountsOf({ facts, hidden })]);
  const failed = parts.flatMap(({ source, read: each }) =>
    'failure' in each ? hideAll(source, each.failure, places) : [],
  );
  const kinds = new Map(
    sources.flatMap((source) =>
      Object.entries(source.kinds).map(([kind, meant]) => [kind, { ...meant, source: source.id }] as const),
    ),
  );
  const inventory = canonicalInventory({ kinds: [...kinds.keys()], facts, hidden: [...hidden, ...failed] });
  return { inventory: redacted(inventory, deps.redactor), kinds };
}

async function readSource(source: InventorySource, deps: ScanDeps): Promise<InventoryRead | { failure: Failure }> {
  try {
    const read = await inTime(source, deps);
    const broken = whatIsBroken(source, read);
    return broken === null ? withPlainNames(read) : { failure: { code: 'SOURCE_BROKEN', message: broken } };
  } catch (error) {
    deps.signal.throwIfAborted();
    const message = error instanceof Error ? error.message : `${source.id} threw ${typeof error}`;
    return { failure: { code: errorCode(error) ?? 'SOURCE_THREW', message } };
  }
}

/** A source that ignores its signal is left behind, not waited for. */
function inTime(source: InventorySource, { readerOf, files, signal, together }: ScanDeps): Promise<InventoryRead> {
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
      .then((reader) => source.read(reader, { signal: both, together, files, settings: {} }))
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
  const provider = `${source.id.slice(0, source.id.indexOf('/'))}:`;
  const mine = [...accounts].filter((account) => account.startsWith(provider));
  if (mine.length === 0) throw new ScanFailed(source, failure);
  return mine.flatMap((account) =>
    Object.keys(source.kinds).map((kind) => ({
      kind,
      resource: wholeKind(account, kind),
      name: source.title,
      failure,
    })),
  );
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
