import { checkCatalog } from '../checks/catalog.ts';
import { loadConfig, type Config } from '../config.ts';
import { mcpServersOf } from '../mcp-config.ts';
import type { CheckCatalog } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { InventoryCatalog } from '../domain/inventory.ts';
import type { ProviderDeps } from '../domain/provider-deps.ts';
import type { Redactor } from '../domain/redaction/redacted.ts';
import { inventoryCatalog } from '../inventory/catalog.ts';
import { openReaders, type Readers } from '../providers/catalog.ts';
import { auditLog, type Audit } from '../store/audit.ts';
import { paidAnswers } from '../store/paid-answers.ts';
import { mcpPinsTable } from '../store/mcp-pins.ts';
import { openDatabase, openMemory, type Database } from '../store/database.ts';
import { openStateDir, type StateDir } from '../store/state-dir.ts';
import { placesOf, type PlaceOptions, type Places } from './places.ts';
import { openRedactor } from './redactor.ts';
import type { Surroundings } from './surroundings.ts';

export { checkCatalog };

/** What every use case has: opened once, closed at the end. */
export interface App {
  readonly surroundings: Surroundings;
  readonly places: Places;
  readonly config: Config;
  readonly catalog: CheckCatalog;
  /** The sources of facts that a baseline is compared with. */
  readonly inventory: InventoryCatalog;
  readonly redactor: Redactor;
}

/** An App with its memory: the state directory, the database and the readers that need its identity. */
export interface StatefulApp extends App {
  readonly stateDir: StateDir;
  readonly database: Database;
  /** Whoever appends calls its `sealHead` after the commit. */
  readonly audit: Audit;
  readonly readers: Readers;
  /** What providers are made from; of writers, only an action's `apply` makes one. */
  readonly provider: ProviderDeps;
  /** Why nothing of this process can be kept: the database then lives in memory. null: everything is. */
  readonly unkept: CodedError | null;
  close(): void;
}

/** For what needs no memory (lint, lists): makes and opens no state directory. */
export function openStateless(surroundings: Surroundings, options: PlaceOptions): App {
  const places = placesOf(surroundings, options);
  return {
    surroundings,
    places,
    config: loadConfig(places.configFile),
    catalog: checkCatalog,
    inventory: inventoryCatalog,
    redactor: openRedactor(surroundings, null),
  };
}

export function openApp(surroundings: Surroundings, options: PlaceOptions): StatefulApp {
  return open(surroundings, options, (path) => ({ database: openDatabase(path), unkept: null }));
}

/**
 * As openApp, but with an empty database in memory when there is no room for the real one:
 * whoever has a full disk needs a report of it most.
 */
export function openAppToRun(surroundings: Surroundings, options: PlaceOptions): StatefulApp {
  return open(surroundings, options, (path) => {
    try {
      return { database: openDatabase(path), unkept: null };
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'STORE_FULL') throw error;
      return { database: openMemory(), unkept: error };
    }
  });
}

function open(
  surroundings: Surroundings,
  options: PlaceOptions,
  openStore: (path: string) => Pick<StatefulApp, 'database' | 'unkept'>,
): StatefulApp {
  const places = placesOf(surroundings, options);
  const config = loadConfig(places.configFile);
  const stateDir = openStateDir(places.stateDir);
  const redactor = openRedactor(surroundings, stateDir.redactionKey);
  const { database, unkept } = openStore(stateDir.database);
  const audit = auditLog(database, {
    clock: surroundings.clock,
    random: surroundings.random,
    instance: stateDir.instance,
    files: unkept === null ? { head: stateDir.auditHead, key: stateDir.auditKey } : null,
  });
  const provider: ProviderDeps = {
    clock: surroundings.clock,
    env: surroundings.env,
    home: surroundings.home,
    platform: surroundings.platform,
    instance: stateDir.instance,
    paid: paidAnswers(database, surroundings.clock, config.cost.requestsPerDay),
    mcp: {
      servers: mcpServersOf(config.mcp),
      pinOf: (server, tool) => mcpPinsTable(database, stateDir.gateKey).get(server, tool),
    },
    learn: (secret) => redactor.learn(secret),
  };
  return {
    surroundings,
    places,
    config,
    catalog: checkCatalog,
    inventory: inventoryCatalog,
    redactor,
    stateDir,
    database,
    audit,
    readers: openReaders(provider),
    provider,
    unkept,
    close: () => {
      try {
        audit.sealHead();
      } finally {
        database.close();
      }
    },
  };
}
