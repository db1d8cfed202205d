import { open } from 'node:fs/promises';
import { isScalar, parseAllDocuments, visit, type Document } from 'yaml';
import { digestOfBytes, type Digest } from '../../domain/digest.ts';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { isRecord } from './call.ts';

/** A file with the description of one object. */
export interface Manifest {
  /** Of the file's bytes. */
  readonly digest: Digest;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** null: the manifest names none. */
  readonly namespace: string | null;
  readonly object: Readonly<Record<string, unknown>>;
}

const BYTES_AT_MOST = 256 * 1_024;

/**
 * Reads one object of a file in YAML or JSON. What kubectl (YAML 1.1) and YAML 1.2 read differently is refused, as are
 * anchors, tags, keys that are written twice and further documents: what is approved is what stands there.
 */
export async function readManifest(path: string): Promise<Looked<Manifest>> {
  const bytes = await bytesOf(path);
  if (bytes.status === 'unknown') return bytes;
  const refused = (why: string): Looked<never> => unknown('MANIFEST_INVALID', `${printable(path)}: ${why}.`);
  const text = bytes.value.toString('utf8');
  if (!Buffer.from(text).equals(bytes.value)) return refused('it is not UTF-8 text');
  const documents = parseAllDocuments(text, { version: '1.2', strict: true, uniqueKeys: true, stringKeys: true });
  const [document, ...more] = Array.isArray(documents) ? documents : [];
  if (document === undefined) return refused('it is empty');
  if (more.length > 0) return refused('it holds more than one object; name a file of one');
  const trouble = troubleOf(document);
  if (trouble !== null) return refused(trouble);
  const object: unknown = document.toJS();
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  if (!isRecord(object) || !isRecord(metadata)) return refused('it is no object with metadata');
  const { apiVersion, kind } = object;
  const { name, namespace } = metadata;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string')
    return refused('apiVersion, kind and metadata.name must be there');
  return seen({
    digest: digestOfBytes(bytes.value),
    apiVersion,
    kind,
    name,
    namespace: typeof namespace === 'string' ? namespace : null,
    object,
  });
}

function troubleOf(document: Document): string | null {
  const [complaint] = [...document.errors, ...document.warnings];
  // The words of the library may hold some of the file, which may be any: a draft names it.
  if (complaint !== undefined)
    return `it is no sound YAML (${complaint.code}), line ${complaint.linePos?.[0].line ?? 'unknown'}`;
  let found: string | null = null;
  visit(document, {
    Alias: () => {
      found = 'it uses an alias (*): write out what is meant';
      return visit.BREAK;
    },
    Node: (_key, node) => {
      if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) found = 'it uses a tag (!)';
      else if (isScalar(node) && node.type === 'PLAIN' && DIFFERS.test(node.source ?? ''))
        found = `${printable(node.source ?? '')} means one thing to kubectl and another to YAML 1.2: put it in quotes, or write true, false or a decimal number`;
      return found === null ? undefined : visit.BREAK;
    },
  });
  return found;
}

/** Booleans, octal and base-60 numbers of YAML 1.1. */
const DIFFERS = /^(y|yes|n|no|on|off|[-+]?0[0-9_]+|[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+)$/i;

async function bytesOf(path: string): Promise<Looked<Buffer>> {
  try {
    await using file = await open(path, 'r');
    const found = await file.stat();
    if (!found.isFile()) return unknown('NOT_A_FILE', `${printable(path)} is no file.`);
    if (found.size > BYTES_AT_MOST)
      return unknown('TOO_LARGE', `${printable(path)} has ${found.size} bytes; at most ${BYTES_AT_MOST} are read.`);
    return seen(await file.readFile());
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return unknown(code, `${printable(path)} can't be read (${code}).`);
  }
}
