import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../domain/coded-error.ts';
import { createFile, notWritten } from './whole-files.ts';

/** The state directory's files (docs/contracts.md, State). */
export interface StateDir {
  readonly path: string;
  readonly database: string;
  /** Random id of this installation. */
  readonly instance: string;
  /** Key of the placeholders that secrets are replaced by. */
  readonly redactionKey: Uint8Array;
  /** Key of the codes that prove rows of plans and pins. */
  readonly gateKey: Uint8Array;
  /** Held by the one `up`. */
  readonly ownerLock: string;
  /** The signed head of the audit log, copied here so that a cut tail shows. */
  readonly auditHead: string;
  /** What signs the audit log; made at its first entry, its public part beside it as `audit.pub`. */
  readonly auditKey: string;
  /** The bearer token of the MCP server, made at its first use. */
  readonly mcpToken: string;
  lockPath(name: string): string;
}

const OTHERS = 0o077;
const KEY_BYTES = 32;

/**
 * Opens the state directory, making it (0700) when it is not there. Refuses one that others can
 * read or that belongs to someone else: STATE_DIR_UNSAFE; one that can't be made or written:
 * STATE_DIR_UNUSABLE.
 */
export function openStateDir(path: string): StateDir {
  makeFolder(path);
  for (const name of ['locks', 'keys', 'exports']) makeFolder(join(path, name));
  const database = join(path, 'holdfast.db');
  for (const suffix of ['', '-wal', '-shm']) refuseUnsafe(`${database}${suffix}`);
  const [auditHead, auditKey] = [join(path, 'audit.head'), join(path, 'keys', 'audit.key')];
  for (const file of [auditHead, auditKey]) refuseUnsafe(file);
  return {
    path,
    database,
    instance: readInstance(join(path, 'instance.json')),
    redactionKey: keyIn(join(path, 'keys', 'redaction.key')),
    gateKey: keyIn(join(path, 'keys', 'gate.key')),
    ownerLock: join(path, 'owner.lock'),
    auditHead,
    auditKey,
    mcpToken: join(path, 'mcp.token'),
    lockPath: (name) => join(path, 'locks', `${name}.lock`),
  };
}

/** 32 random bytes, made once. A shorter key would be one that anybody can guess: it is refused. */
function keyIn(path: string): Uint8Array {
  const key = Buffer.from(
    onceWritten(path, () => randomBytes(KEY_BYTES).toString('hex')),
    'hex',
  );
  if (key.length === KEY_BYTES) return key;
  throw new CodedError('STATE_DIR_UNUSABLE', `the key holds ${key.length} bytes, not ${KEY_BYTES}`, {
    where: path,
    next: 'restore the file from a backup; deleted, a new key is made, and what the old one proved is not proved any more',
  });
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(path, error);
  }
  refuseUnsafe(path);
}

function refuseUnsafe(path: string): void {
  if (!existsSync(path)) return;
  const stat = lstatSync(path);
  const me = process.getuid?.();
  if (me === undefined) return;
  if (stat.uid !== me) {
    throw new CodedError('STATE_DIR_UNSAFE', `${path} belongs to user ${stat.uid}, not to you (${me})`, {
      where: path,
      next: 'give a --state-dir of your own',
    });
  }
  if (!stat.isSymbolicLink() && (stat.mode & OTHERS) !== 0) {
    const mode = (stat.mode & 0o777).toString(8).padStart(4, '0');
    throw new CodedError('STATE_DIR_UNSAFE', `${path} can be used by others (mode ${mode})`, {
      where: path,
      next: `chmod ${stat.isDirectory() ? '700' : '600'} ${path}`,
    });
  }
}

function readInstance(path: string): string {
  const text = onceWritten(path, () => `${JSON.stringify({ id: randomUUID() })}\n`);
  const parsed: unknown = parseJson(text);
  if (typeof parsed === 'object' && parsed !== null && 'id' in parsed && typeof parsed.id === 'string')
    return parsed.id;
  throw new CodedError('STATE_DIR_UNUSABLE', 'the instance file holds no id', {
    where: path,
    next: 'restore the file from a backup, or delete it to become a new instance',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // what is not JSON holds no id: the caller says so with the path
  }
}

/** The file's text; written first when it is not there. Two processes may race: the first wins, and both read it whole. */
function onceWritten(path: string, make: () => string): string {
  refuseUnsafe(path);
  try {
    if (!existsSync(path)) createFile(path, make());
  } catch (error) {
    throw notWritten(path, error);
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): CodedError {
  return new CodedError(
    'STATE_DIR_UNUSABLE',
    `${path} can't be made or read (${String(error instanceof Error ? error.message : error)})`,
    {
      where: path,
      next: 'give a writable --state-dir, or fix the rights of this one',
      cause: error,
    },
  );
}
