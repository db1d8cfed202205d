import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { conformanceFixtures } from '../support/mcp/conformance-fixtures.ts';
import { product } from '../support/mcp/product.ts';
import { listening, TOKEN } from '../support/mcp/listening.ts';
import { SUITE_ORIGIN, withToken } from '../support/mcp/with-token.ts';
import { tempFolder } from '../support/temp.ts';

const RUNNER = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')),
  'dist/index.js',
);

/** Runs the official suite against a server. */
function conformance(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [RUNNER, 'server', ...args],
      { cwd: tempFolder(), maxBuffer: 64 * 1024 * 1024, env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1' } },
      (error, stdout, stderr) =>
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
          output: stdout + stderr,
        }),
    );
  });
}

test.each(['2025-11-25', '2026-07-28'])(
  'every scored check of the requirements of %s passes on our transport and behind our guard',
  { timeout: 300_000 },
  async (revision) => {
    const { port } = await listening(conformanceFixtures, { origins: [SUITE_ORIGIN] });
    const { code, output } = await conformance('--url', await withToken(port, TOKEN), '--requirements', revision);
    expect(output).toMatch(/\d+ passed/);
    expect({ code, output: code === 0 ? '' : output.slice(-6_000) }).toEqual({ code: 0, output: '' });
  },
);

test.each(['2025-11-25', '2026-07-28'])(
  'of the requirements of %s the product itself fails those alone that call fixtures it does not have',
  { timeout: 300_000 },
  async (revision) => {
    const { port, token } = await product({ origins: [SUITE_ORIGIN] });
    const expected = join(import.meta.dirname, `../support/mcp/expected-failures.${revision}.yaml`);
    const args = ['--requirements', revision, '--expected-failures', expected];
    const { code, output } = await conformance('--url', await withToken(port, token), ...args);
    expect({ code, output: code === 0 ? '' : output.slice(-6_000) }).toEqual({ code: 0, output: '' });
  },
);
