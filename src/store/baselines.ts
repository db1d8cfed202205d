import type { BaselineEvent, KeptInventory, Inventory } from '../domain/baseline.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { CodedError } from '../domain/coded-error.ts';
import { digestOf, digestOfBytes, type Digest } from '../domain/digest.ts';
import type { InventoryScope } from '../domain/inventory-scope.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

export interface BaselinesTable {
  /** Names of the baselines, and of what was scanned for one that there is not; sorted. */
  names(): readonly string[];
  /** null: there is none. BASELINE_CORRUPT when its bytes are not those that were written. */
  baseline(name: string): KeptInventory | null;
  /** What a scan saw last; BASELINE_CORRUPT likewise. */
  scan(name: string): KeptInventory | null;
  writeBaseline(name: string, inventory: Redacted<Inventory>, at: number): Digest;
  writeScan(name: string, inventory: Redacted<Inventory>, at: number): Digest;
  /** What the last scan of a runbook was of; null: there was none. */
  scope(name: string): InventoryScope | null;
  writeScope(name: string, scope: InventoryScope): void;
  /** Oldest first. */
  history(name: string): readonly BaselineEvent[];
  writeEvent(name: string, event: BaselineEvent): void;
}

/** Whoever writes a baseline writes its event, and the audit entry, in the same transaction. */
export function baselinesTable({ sqlite, attempt }: Database): BaselinesTable {
  const names = sqlite.prepare('SELECT name FROM baselines UNION SELECT name FROM baseline_scans ORDER BY name');
  const insertEvent = sqlite.prepare('INSERT INTO baseline_events (name, at, body) VALUES (?, ?, ?)');
  const events = sqlite.prepare('SELECT body FROM baseline_events WHERE name = ? ORDER BY seq');
  const selectScope = sqlite.prepare('SELECT scope FROM baseline_scopes WHERE name = ?');
  const upsertScope = sqlite.prepare(
    'INSERT INTO baseline_scopes (name, scope) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET scope = excluded.scope',
  );
  const inventories = (table: 'baselines' | 'baseline_scans') => {
    const select = sqlite.prepare(`SELECT at, digest, bytes FROM ${table} WHERE name = ?`);
    const upsert = sqlite.prepare(
      `INSERT INTO ${table} (name, at, digest, bytes) VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET at = excluded.at, digest = excluded.digest, bytes = excluded.bytes`,
    );
    return {
      read: (name: string): KeptInventory | null => {
        const row = attempt(() => select.get(name));
        return row === undefined ? null : proved(row, name, table);
      },
      write: (name: string, inventory: Redacted<Inventory>, at: number): Digest => {
        const digest = digestOf(NOUN, inventory);
        attempt(() => upsert.run(name, at, digest, canonicalJson(inventory)));
        return digest;
      },
    };
  };
  const baselines = inventories('baselines');
  const scans = inventories('baseline_scans');
  return {
    names: () => attempt(() => names.all().map((row) => String(row['name']))),
    baseline: baselines.read,
    scan: scans.read,
    writeBaseline: baselines.write,
    writeScan: scans.write,
    scope: (name) => {
      const row = attempt(() => selectScope.get(name));
      return row === undefined ? null : ownJson<InventoryScope>(row['scope']);
    },
    writeScope: (name, scope) => {
      attempt(() => upsertScope.run(name, JSON.stringify(scope)));
    },
    history: (name) => attempt(() => events.all(name).map((row) => ownJson<BaselineEvent>(row['body']))),
    writeEvent: (name, event) => {
      attempt(() => insertEvent.run(name, event.at, JSON.stringify(event)));
    },
  };
}

const NOUN = 'inventory';

/** The digest is of the bytes themselves: one of them flipped, and nothing is compared with what is left. */
function proved(row: Record<string, unknown>, name: string, table: 'baselines' | 'baseline_scans'): KeptInventory {
  const bytes = String(row['bytes']);
  const digest = digestOfBytes(`holdfast/${NOUN}/v1\0${bytes}`);
  if (row['digest'] !== digest) {
    const what = table === 'baselines' ? `the baseline "${name}"` : `what was last seen for the baseline "${name}"`;
    throw new CodedError('BASELINE_CORRUPT', `${what} is not as it was written`, {
      next:
        table === 'baselines'
          ? `look at what is there now (\`holdfast baseline diff ${name}\`), then take it whole: \`holdfast baseline accept ${name} --reason …\``
          : `look anew: \`holdfast baseline diff ${name}\``,
    });
  }
  return { inventory: ownJson<Redacted<Inventory>>(bytes), digest, at: Number(row['at']) };
}
