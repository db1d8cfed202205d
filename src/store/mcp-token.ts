import { randomBytes } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { CodedError } from '../domain/coded-error.ts';
import { errorCode } from '../domain/failure.ts';
import { createFile, notWritten, replaceFile } from './whole-files.ts';

const TOKEN_BYTES = 32;
const SHAPE = /^hf_[A-Za-z0-9_-]{43}$/;

/** The token of the MCP server, made at its first use. STATE_DIR_UNSAFE when others could read it. */
export function readMcpToken(path: string): string {
  const kept = read(path);
  if (kept !== null) return kept;
  attempt(path, () => createFile(path, `${newToken()}\n`));
  const made = read(path);
  if (made !== null) return made;
  throw new CodedError('STATE_DIR_UNUSABLE', 'the token was written and is not there', { where: path });
}

/** Puts a new token in its place: the old one opens nothing any more. */
export function rotateMcpToken(path: string): string {
  const token = newToken();
  attempt(path, () => replaceFile(path, `${token}\n`));
  return token;
}

function newToken(): string {
  return `hf_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

function attempt(path: string, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    throw notWritten(path, error);
  }
}

const OTHERS = 0o077;

function read(path: string): string | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  const me = process.getuid?.();
  if (!stat.isFile() || (me !== undefined && (stat.uid !== me || (stat.mode & OTHERS) !== 0)))
    throw new CodedError('STATE_DIR_UNSAFE', 'the token is not a file that only you can read', {
      where: path,
      next: 'whoever could read it may have it: `holdfast mcp token rotate`',
    });
  const text = textOf(path);
  if (text === null || SHAPE.test(text)) return text;
  throw new CodedError('STATE_DIR_UNUSABLE', 'the file holds no token', {
    where: path,
    next: '`holdfast mcp token rotate` makes a new one',
  });
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw new CodedError('STATE_DIR_UNUSABLE', `the token can't be read (${errorCode(error) ?? String(error)})`, {
      where: path,
      cause: error,
    });
  }
}
