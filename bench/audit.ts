import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOfBytes } from '../src/domain/digest.ts';
import { createRedactor } from '../src/domain/redaction/redactor.ts';
import { auditLog } from '../src/store/audit.ts';
import { verifyAudit } from '../src/store/audit-verify.ts';
import { openDatabase } from '../src/store/database.ts';

const ENTRIES = 20_000;
const REPEATS = 5;

/**
 * What an audit entry costs: to append inside an open transaction (no waiting for the disk), to commit one by itself and
 * copy the signed head, and to verify; each as a ratio to hashing the same bytes, the least that a chain can cost.
 */
export async function auditSpeed(): Promise<{ name: string; lines: string[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-audit-'));
  const database = openDatabase(path.join(folder, 'holdfast.db'));
  const files = { head: path.join(folder, 'audit.head'), key: path.join(folder, 'audit.key') };
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const log = auditLog(database, { clock, random: (size) => randomBytes(size), instance: 'bench', files });
  const detail = createRedactor({ key: new Uint8Array(32) }).data({ reason: 'moving house', until: '2026-12-31' });
  const append = (): void => {
    log.append({
      actor: { kind: 'operator', name: 'ana' },
      verb: 'finding-muted',
      object: 'f-0123456789AB',
      outcome: 'done',
      detail,
    });
  };
  append();

  const inside = fastest(() =>
    database.transaction(() => {
      for (let index = 0; index < ENTRIES; index += 1) append();
    }),
  );
  const alone = fastest(append);
  const sealed = fastest(() => {
    append();
    log.sealHead();
  });
  let entries = 0;
  const verifying = fastest(() => {
    const verdict = verifyAudit(database, files);
    if (verdict.status === 'broken') throw new Error(verdict.flaw.what);
    entries = verdict.entries;
  });
  const [{ body = '' } = {}] = database.sqlite.prepare('SELECT body FROM audit ORDER BY seq DESC LIMIT 1').all();
  const text = String(body);
  const hashing = fastest(() => {
    for (let index = 0; index < ENTRIES; index += 1) digestOfBytes(text);
  });
  database.close();
  rmSync(folder, { recursive: true, force: true });

  const each = (ms: number, count: number): number => (ms * 1_000) / count;
  const limit = each(hashing, ENTRIES);
  const ratio = (us: number): string => `${(us / limit).toFixed(1)}x hashing it (${limit.toFixed(1)} us)`;
  const appending = each(inside, ENTRIES);
  const reading = each(verifying, entries);
  return {
    name: 'audit',
    lines: [
      `append inside a transaction: ${appending.toFixed(1)} us, ${ratio(appending)}`,
      `append and commit by itself: ${alone.toFixed(2)} ms; with the signed head copied: ${sealed.toFixed(2)} ms (the disk is most of it)`,
      `verify: ${Math.round(1_000_000 / reading)} entries/s over ${entries}, ${ratio(reading)}`,
    ],
  };
}

function fastest(work: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let index = 0; index < REPEATS; index += 1) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name, lines } = await auditSpeed();
  process.stdout.write(`${name}\n${lines.map((line) => `  ${line}\n`).join('')}`);
}
