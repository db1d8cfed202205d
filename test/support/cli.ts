import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { tempFolder } from './temp.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'src/cli/main.ts');

export interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user's machine: an empty home, their own state and configuration, a folder to work in. */
export interface Home {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  holdfast(...args: string[]): Promise<Told>;
  /** Starts it and returns the process, for what is done while it runs. */
  start(...args: string[]): ChildProcess;
  /** The document that a command prints with --output json, checked against its published schema. */
  json(...args: string[]): Promise<Record<string, unknown>>;
}

export function aHome(extra: Readonly<Record<string, string>> = {}): Home {
  const folder = tempFolder();
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    NO_COLOR: '1',
    TZ: 'UTC',
    ...extra,
  };
  const holdfast = (...args: string[]): Promise<Told> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [MAIN, ...args],
        { env, cwd: folder, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
        },
      );
    });
  return {
    folder,
    env,
    holdfast,
    start: (...args) => spawn(process.execPath, [MAIN, ...args], { env, cwd: folder }),
    json: async (...args) => {
      const { stdout, stderr } = await holdfast(...args, '--output', 'json');
      expect(stderr).toBe('');
      return asDocument(stdout);
    },
  };
}

/** Parses one document and holds it against schemas/v1/<noun>.schema.json. */
export function asDocument(text: string): Record<string, unknown> {
  const document = JSON.parse(text) as Record<string, unknown>;
  const noun = /^holdfast\/([a-z-]+)\/v1$/.exec(String(document['schema']))?.[1] ?? 'error';
  const schema = JSON.parse(readFileSync(join(ROOT, `schemas/v1/${noun}.schema.json`), 'utf8')) as object;
  const ajv = new Ajv2020({ allErrors: true, validateFormats: false, strict: false });
  const valid = ajv.validate(schema, document);
  expect(ajv.errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  return document;
}
