import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TOOLS } from '../../src/mcp/catalog.ts';
import { aHome } from '../support/cli.ts';
import { product } from '../support/mcp/product.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');
const INSPECTOR = 'mcp-inspector';
const isThere = ((): boolean => {
  try {
    execFileSync(INSPECTOR, ['--cli', '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** What the official inspector's command line prints, which is one JSON document. */
function inspect(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    execFile(
      INSPECTOR,
      ['--cli', ...args],
      { env, timeout: 60_000, maxBuffer: 8 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(JSON.parse(stdout));
        else reject(new Error(`${stdout}${stderr}`, { cause: error }));
      },
    );
  });
}

const names = { tools: TOOLS.map(({ name }) => expect.objectContaining({ name }) as unknown) };
const version = ['--method', 'tools/call', '--tool-name', 'holdfast_version'];
const answered = { structuredContent: { name: 'holdfast' } };

test.skipIf(!isThere)(
  'the inspector’s command line lists and calls over stdio (needs mcp-inspector)',
  { timeout: 120_000 },
  async () => {
    const { env } = aHome();
    const server = [process.execPath, MAIN, 'mcp'];
    expect(await inspect(env, ...server, '--method', 'tools/list')).toMatchObject(names);
    expect(await inspect(env, ...server, ...version)).toMatchObject(answered);
  },
);

test.skipIf(!isThere)(
  'the inspector’s command line lists and calls over HTTP, with the token and not without (needs mcp-inspector)',
  { timeout: 120_000 },
  async () => {
    const { env } = aHome();
    const { url, token } = await product();
    const header = ['--header', `Authorization: Bearer ${token}`];
    expect(await inspect(env, url, '--transport', 'http', '--method', 'tools/list', ...header)).toMatchObject(names);
    expect(await inspect(env, url, '--transport', 'http', ...version, ...header)).toMatchObject(answered);
    await expect(inspect(env, url, '--transport', 'http', '--method', 'tools/list')).rejects.toThrow(/401|auth/i);
  },
);
