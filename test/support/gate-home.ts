import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import type * as z from 'zod';
import { DOCUMENTS } from '../../src/documents/all-schemas.ts';
import { aHome, asDocument, type Home, type Told } from './cli.ts';

type Documents = { readonly [Noun in keyof typeof DOCUMENTS]: z.output<(typeof DOCUMENTS)[Noun]> };
export type PlanShown = Documents['plan'];

/** A machine whose `logs` folder may be pruned; everything in it is older than a month. */
export interface GateHome extends Home {
  readonly logs: string;
  readonly state: string;
  /** Writes the configuration: what may be pruned, and `more` besides. */
  configure(more?: string): void;
  /** A file under `logs`, last written so many days ago; returns its path. */
  old(name: string, text?: string, days?: number): string;
  /** Every file under `logs` that is not held: path -> text and time. */
  files(): Readonly<Record<string, string>>;
  /** Seals the pruning of `logs`; `more` are further words of the command. */
  prune(...more: string[]): Promise<PlanShown & { readonly code: number }>;
  /** A plan as it stands. */
  plan(id: string): Promise<PlanShown>;
  /** A command's document, of that noun, whatever its exit code. */
  document<Noun extends keyof Documents>(noun: Noun, ...args: string[]): Promise<Documents[Noun]>;
  /** What the audit says was done, the latest last: `verb outcome`. */
  audited(...args: string[]): Promise<readonly string[]>;
  sql(text: string): void;
}

const DAY_S = 86_400;
/** These tests start the command hundreds of times: compiling it once is enough. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/holdfast-tests');

export function aGateHome(extra: Readonly<Record<string, string>> = {}): GateHome {
  const home = aHome({ NODE_COMPILE_CACHE: COMPILED, ...extra });
  const logs = join(home.folder, 'logs');
  const state = join(home.folder, 'state/holdfast');
  const configure = (more = ''): void => {
    mkdirSync(join(home.folder, 'config/holdfast'), { recursive: true });
    writeFileSync(join(home.folder, 'config/holdfast/config.yaml'), `${more}\n${HOST(logs, more)}`);
  };
  const documentOf = <Noun extends keyof Documents>(noun: Noun, told: Told): Documents[Noun] => {
    asDocument(told.stdout); // as published
    return DOCUMENTS[noun].parse(JSON.parse(told.stdout)) as Documents[Noun];
  };
  const document: GateHome['document'] = async (noun, ...args) =>
    documentOf(noun, await home.holdfast(...args, '--output', 'json'));
  mkdirSync(logs);
  configure();
  return {
    ...home,
    logs,
    state,
    configure,
    old: (name, text = `${name}\n`, days = 40) => {
      const path = join(logs, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      const at = Math.floor(Date.now() / 1_000) - days * DAY_S;
      utimesSync(path, at, at);
      return path;
    },
    files: () => Object.fromEntries(filesUnder(logs).map((path) => [relative(logs, path), contentOf(path)])),
    prune: async (...more) => {
      const told = await home.holdfast(...pruneWords(logs), ...more, '--output', 'json');
      expect(told.stdout, told.stderr).not.toBe('');
      return { ...documentOf('plan', told), code: told.code };
    },
    plan: (id) => document('plan', 'plan', 'show', id),
    document,
    audited: async (...args) => {
      const { entries } = await document('audit-entries', 'audit', 'list', ...args);
      return entries.toReversed().map(({ verb, outcome }) => `${verb} ${outcome}`);
    },
    sql: (text) => {
      const sqlite = new DatabaseSync(join(state, 'holdfast.db'));
      try {
        sqlite.exec(text);
      } finally {
        sqlite.close();
      }
    },
  };
}

/** `host:` twice would be a mistake in the file. */
function HOST(logs: string, more: string): string {
  return /^host:/m.test(more) ? '' : `host:\n  pruneRoots: ["${logs}"]\n`;
}

export function pruneWords(folder: string): readonly string[] {
  return ['plan', 'create', 'host/prune-directory', '--set', `path=${folder}`, '--set', 'olderThan=30d'];
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes('/.holdfast-held/'))
    .toSorted();
}

function contentOf(path: string): string {
  return `${readFileSync(path, 'hex')} ${statSync(path).mtimeMs} ${statSync(path).mode}`;
}

/** A policy that lets anybody prune the folder by moving aside; `rule` are further lines of its one rule. */
export function prunePolicy(logs: string, rule = '', more = ''): string {
  return `policy: nightly-prune
owner: ana@example.com
rules:
  - id: prune-logs
    effect: allow
    match: { action: host/prune-directory, destructive: false, params: { path: "${logs}", mode: hold } }
${rule}${more}`;
}
