import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SECRETS_LEFT } from '../../../scripts/corpora/secrets-differences.ts';
import { judge } from '../../../scripts/corpora/secrets.ts';
import { createKnownValues } from '../../../src/domain/redaction/known-values.ts';
import { secretsIn } from '../../../src/domain/redaction/redactor.ts';

const corpora = process.env['CORPORA_DIR'] ?? path.resolve(import.meta.dirname, '../../../../shared/corpora');
const secrets = path.join(corpora, 'secrets');
const ordinary = ['polaris', 'kube-linter', 'k8sgpt', 'terraform-plan', 'aws-recorded', 'regolibrary'].map((name) =>
  path.join(corpora, name),
);

describe.skipIf(!existsSync(secrets))(
  'the corpus of secrets (skipped when CORPORA_DIR has no folder "secrets")',
  () => {
    it.each([
      ['gitleaks-vectors', 0.999],
      ['trufflehog-part', 0.94],
    ])('%s is redacted to at least %f', async (file, least) => {
      const { cases } = await judge(secrets);
      const leaks = await kinds(path.join(secrets, `${file}.jsonl`));
      const positives = cases.filter(({ id }) => leaks.has(id));
      const agreed = positives.filter(({ verdict }) => verdict === 'agree').length;
      expect(positives.length).toBeGreaterThan(300);
      expect(agreed / positives.length).toBeGreaterThanOrEqual(least);
    });

    it('has no difference without a reason', async () => {
      const { cases } = await judge(secrets);
      expect(cases.filter(({ verdict, reason }) => verdict !== 'agree' && reason === undefined)).toEqual([]);
    });

    it('lists no difference that is none any more', async () => {
      const { cases } = await judge(secrets);
      const differing = new Set(cases.filter(({ verdict }) => verdict === 'differ').map(({ id }) => id));
      expect(Object.keys(SECRETS_LEFT).filter((id) => !differing.has(id))).toEqual([]);
    });
  },
);

describe.skipIf(!ordinary.every((folder) => existsSync(folder)))(
  'ordinary manifests (skipped when CORPORA_DIR lacks their folders)',
  () => {
    it('have at most 0.03 redactions per KB, most of them real passwords', async () => {
      const known = createKnownValues();
      let size = 0;
      let redactions = 0;
      for (const folder of ordinary) {
        for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
          if (!entry.isFile()) continue;
          const text = await readFile(path.join(entry.parentPath, entry.name), 'utf8');
          size += text.length;
          redactions += secretsIn(text, known).length;
        }
      }
      expect(size).toBeGreaterThan(1_000_000);
      expect(redactions / (size / 1_024)).toBeLessThanOrEqual(0.03);
    });
  },
);

async function kinds(file: string): Promise<Set<string>> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const name = path.basename(file, '.jsonl');
  return new Set(
    lines.flatMap((line, index) =>
      line.includes('"kind": "tp"') || line.includes('"kind":"tp"') ? [`${name}:${index + 1}`] : [],
    ),
  );
}
