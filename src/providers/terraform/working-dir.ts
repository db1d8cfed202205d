import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, digestOfBytes, type Digest } from '../../domain/digest.ts';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';

/** What a working directory says of itself, read without asking anybody. */
export interface WorkingDir {
  /** `local` where none was configured. */
  readonly backend: string;
  /** Of the backend's configuration without what gives access; null where there is none. */
  readonly backendConfig: Digest | null;
  readonly workspace: string;
  /** Of .terraform.lock.hcl; null: there is none. */
  readonly lock: Digest | null;
}

/** Reads .terraform/terraform.tfstate, .terraform/environment and .terraform.lock.hcl. */
export async function readWorkingDir(dir: string): Promise<Looked<WorkingDir>> {
  const backendFile = join(dir, '.terraform', 'terraform.tfstate');
  const [backendText, environment, lock] = await Promise.all([
    textOf(backendFile),
    textOf(join(dir, '.terraform', 'environment')),
    textOf(join(dir, '.terraform.lock.hcl')),
  ]);
  for (const looked of [backendText, environment, lock]) if (looked.status === 'unknown') return looked;
  if (backendText.status === 'unknown' || environment.status === 'unknown' || lock.status === 'unknown')
    return unknown('EIO', `${printable(dir)} could not be read.`);
  const backend = backendOf(backendText.value);
  if (backend === null)
    return unknown(
      'BACKEND_UNREADABLE',
      `${printable(backendFile)} does not say which backend is used; run "init" again.`,
    );
  return seen({
    ...backend,
    workspace: environment.value?.trim() || 'default',
    lock: lock.value === null ? null : digestOfBytes(lock.value),
  });
}

/** null: it is not there. */
async function textOf(path: string): Promise<Looked<string | null>> {
  try {
    return seen(await readFile(path, 'utf8'));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return code === 'ENOENT' ? seen(null) : unknown(code, `${printable(path)} could not be read (${code}).`);
  }
}

function backendOf(text: string | null): Pick<WorkingDir, 'backend' | 'backendConfig'> | null {
  if (text === null) return { backend: 'local', backendConfig: null };
  const document = jsonOf(text);
  if (!isObject(document)) return null;
  const backend = document['backend'];
  if (backend === undefined || backend === null) return { backend: 'local', backendConfig: null };
  if (!isObject(backend)) return null;
  const { type, config } = backend;
  if (typeof type !== 'string') return null;
  return { backend: type, backendConfig: digestOf('terraform-backend', withoutAccess(config ?? null)) };
}

/** The place without the key to it: a rotated credential is no other state, and no digest of it is kept. */
function withoutAccess(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replace(/(:\/\/)[^/@\s]*@/, '$1').replace(/\bpassword=\S*/i, '');
  if (Array.isArray(value)) return value.map(withoutAccess);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !GIVES_ACCESS.test(name));
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutAccess(item)]));
}

const GIVES_ACCESS =
  /secret(?!_suffix)|password|passphrase|token|access_key|credential|sas_|private_key|client_certificate|client_key|encryption_key|assertion|profile|username/i;

function jsonOf(text: string): JsonValue {
  try {
    const document: JsonValue = JSON.parse(text);
    return document;
  } catch {
    // Not what the program writes: the caller says so.
    return null;
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
