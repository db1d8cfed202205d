import { X509Certificate } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Failure } from '../../domain/check.ts';
import { describeCertificate, type Certificate } from '../../domain/certificate.ts';
import { errorCode } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { findFiles, type FilesQuestion, type FilesSeen } from './files.ts';
import { nextPemBlock } from './pem-block.ts';

export type CertificateFile = { readonly path: string } & (
  | { readonly status: 'read'; readonly certificates: readonly Certificate[] }
  /** It begins with something else, a private key (`PRIVATE KEY`) for one; null: it holds nothing in PEM or DER form. */
  | { readonly status: 'none'; readonly holds: string | null }
  | { readonly status: 'unknown'; readonly failure: Failure }
);

export interface CertificateFiles {
  /** Sorted by path. */
  readonly files: readonly CertificateFile[];
  readonly found: FilesSeen;
  /** True when more files matched than are read. */
  readonly cut: boolean;
}

/** The certificates in the files under a pattern. */
export async function readCertificateFiles(question: Omit<FilesQuestion, 'kind' | 'each'>): Promise<CertificateFiles> {
  const paths: string[] = [];
  const found = await findFiles({
    ...question,
    kind: 'file',
    each: ({ path }) => void (paths.length < FILES_AT_MOST && paths.push(path)),
  });
  const files: CertificateFile[] = [];
  for (const path of paths.toSorted()) {
    question.signal.throwIfAborted();
    files.push(await readCertificateFile(path));
  }
  return { files, found, cut: found.cut || found.matched > paths.length };
}

const FILES_AT_MOST = 1_000;
/** A bundle of all public authorities has some 220 KiB. */
const BYTES_AT_MOST = 1024 * 1024;
/** So little at a time that hardly more than its first line is read of a key. */
const READ_AT_ONCE = 4_096;
/** A file with as many is not read to its end. */
const CERTIFICATES_AT_MOST = 500;

/**
 * The certificates that a file begins with, in PEM or DER form. Reading ends at the first block that is no
 * certificate, as it may be a private key; what was read of the file is wiped.
 */
export async function readCertificateFile(path: string): Promise<CertificateFile> {
  let handle: FileHandle | null = null;
  const buffer = Buffer.alloc(BYTES_AT_MOST);
  try {
    // Not to wait for whoever writes into a pipe.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await handle.stat()).isFile()) return { path, status: 'none', holds: null };
    return { path, ...(await readBlocks(handle, buffer, path)) };
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { path, ...unreadable(code, `The certificates in ${printable(path)} could not be read (${code}).`) };
  } finally {
    buffer.fill(0);
    await handle?.close();
  }
}

type WithoutPath =
  | { readonly status: 'read'; readonly certificates: readonly Certificate[] }
  | { readonly status: 'none'; readonly holds: string | null }
  | { readonly status: 'unknown'; readonly failure: Failure };

async function readBlocks(handle: FileHandle, buffer: Buffer, path: string): Promise<WithoutPath> {
  const certificates: Certificate[] = [];
  const done = (holds: string | null): WithoutPath =>
    certificates.length === 0 ? { status: 'none', holds } : { status: 'read', certificates };
  let length = 0;
  let from = 0;
  let ended = false;
  while (certificates.length < CERTIFICATES_AT_MOST) {
    const block = nextPemBlock(buffer.subarray(0, length), from);
    if (block.kind === 'other') return done(block.label);
    if (block.kind === 'broken') return invalid(path, certificates.length + 1);
    if (block.kind === 'certificate') {
      const certificate = parsed(buffer.subarray(block.from, block.to));
      if (certificate === null) return invalid(path, certificates.length + 1);
      certificates.push(certificate);
      from = block.to;
      continue;
    }
    if (ended) return block.kind === 'open' ? cutOff(path, certificates.length + 1) : done(null);
    if (length === buffer.length) return tooLarge(path);
    const { bytesRead } = await handle.read(buffer, length, Math.min(READ_AT_ONCE, buffer.length - length), length);
    length += bytesRead;
    ended = bytesRead === 0;
    if (ended && isDer(buffer)) return derOf(buffer.subarray(0, length));
  }
  return tooLarge(path);
}

/** A sequence with its length in the long form (X.690 8.1.3): text never looks so, and no certificate is shorter. */
function isDer(buffer: Buffer): boolean {
  return buffer[0] === 0x30 && (buffer[1] ?? 0) > 0x80;
}

/** Keys and key stores are sequences too: then there is no certificate in it. */
function derOf(bytes: Buffer): WithoutPath {
  const certificate = parsed(bytes);
  return certificate === null ? { status: 'none', holds: null } : { status: 'read', certificates: [certificate] };
}

/** null for what is no certificate. */
function parsed(bytes: Buffer): Certificate | null {
  try {
    const certificate = describeCertificate(new X509Certificate(bytes));
    return Number.isNaN(certificate.validFrom) || Number.isNaN(certificate.validTo) ? null : certificate;
  } catch (error) {
    // OpenSSL says why in its own codes, and with a text that nobody needs.
    if (errorCode(error) === null && !(error instanceof Error)) throw error;
    return null;
  }
}

function invalid(path: string, number: number): WithoutPath {
  return unreadable(
    'CERTIFICATE_INVALID',
    `Certificate ${number} in ${printable(path)} is none that can be read: openssl x509 -noout -text -in ${printable(path)}.`,
  );
}

function cutOff(path: string, number: number): WithoutPath {
  return unreadable(
    'CERTIFICATE_CUT_OFF',
    `${printable(path)} ends in the middle of certificate ${number}; was it written to its end?`,
  );
}

function tooLarge(path: string): WithoutPath {
  return unreadable(
    'CERTIFICATE_FILE_TOO_LARGE',
    `${printable(path)} is larger than the ${BYTES_AT_MOST / 1024} KiB or ${CERTIFICATES_AT_MOST} certificates that are read of a file.`,
  );
}

function unreadable(code: string, message: string): { readonly status: 'unknown'; readonly failure: Failure } {
  return { status: 'unknown', failure: { code, message } };
}
