import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRedactor } from '../src/domain/redaction/redactor.ts';

const REPEATS = 5;
const BYTES_PER_MB = 1_000_000;

/**
 * Megabytes a second of the redactor on three kinds of text, each as a ratio to the least that
 * looking at every character costs: one pass of a regular expression that replaces nothing.
 */
export async function redactionSpeed(): Promise<{ name: string; lines: string[] }> {
  const redactor = createRedactor({ key: new Uint8Array(32).fill(1) });
  const lines: string[] = [];
  for (const [name, text] of await samples()) {
    const ours = fastest(() => redactor.text(text));
    const limit = fastest(() => text.replaceAll(/\u0000[a-z]/g, ''));
    const speed = text.length / BYTES_PER_MB / (ours / 1_000);
    lines.push(
      `${name}: ${(text.length / BYTES_PER_MB).toFixed(1)} MB, ${speed.toFixed(1)} MB/s, ${(ours / limit).toFixed(0)}x one pass of a regular expression`,
    );
  }
  return { name: 'redaction', lines };
}

async function samples(): Promise<[string, string][]> {
  const corpora = process.env['CORPORA_DIR'] ?? path.resolve(import.meta.dirname, '../../shared/corpora');
  const found: [string, string][] = [['logs and manifests, made up', madeUp()]];
  const manifests = await textOf(
    ['polaris', 'kube-linter', 'regolibrary', 'terraform-plan', 'aws-recorded'].map((name) => path.join(corpora, name)),
  );
  if (manifests !== '') found.push(['manifests of the corpora', manifests]);
  const secrets = await textOf([path.join(corpora, 'secrets')]);
  if (secrets !== '') found.push(['secrets of the corpora (a secret every 150 characters)', secrets]);
  return found;
}

/** Ordinary lines with a few secrets, about 4 MB: there without any corpus. */
function madeUp(): string {
  const lines: string[] = [];
  for (let index = 0; lines.length < 40_000; index += 1) {
    const id = (index * 2_654_435_761) >>> 0;
    lines.push(
      `2026-11-20T17:${String(index % 60).padStart(2, '0')}:39Z INFO controller: reconciled pod="prod/api-${id.toString(16)}-x2x9z" duration=${index % 977}ms`,
      `10.0.${index % 256}.7 - - [20/Nov/2026:17:42:39 +0000] "GET /api/v1/items/${index}?sort=name HTTP/1.1" 200 ${id % 9_999} "-" "curl/8.5.0"`,
      `  - name: LOG_LEVEL\n    value: info\n  image: registry.example.com/team/app:1.${index % 40}.${index % 7}`,
    );
    if (index % 500 === 0) lines.push(`export API_TOKEN=${Buffer.from(`secret ${id} of ${index}`).toString('base64')}`);
  }
  return lines.join('\n');
}

/** The text of all files under `folders`, in order; nothing for a folder that is not there. */
async function textOf(folders: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries)
      if (entry.isFile()) parts.push(await readFile(path.join(entry.parentPath, entry.name), 'utf8'));
  }
  return parts.join('\n');
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
  const { name, lines } = await redactionSpeed();
  process.stdout.write(`${name}\n${lines.map((line) => `  ${line}\n`).join('')}`);
}
