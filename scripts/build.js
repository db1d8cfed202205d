// `npm run build`: src -> dist/, bundled, because a command that comes in a few files starts sooner
// (docs/decisions/0008). Names are kept, so that a stack trace can be read.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = `${root}dist/cli`;
rmSync(`${root}dist`, { recursive: true, force: true });
const bundle = await rolldown({
  input: { main: `${root}src/cli/main.ts`, 'agent-worker': `${root}src/agents/worker/main.ts` },
  platform: 'node',
  // Modules of ECMAScript where a package has them, of which only what is used is kept (the SDK of AWS).
  resolve: { mainFields: ['module', 'main'] },
  // As large as all the rest, and loaded by one thread only: left where npm put them.
  external: [/^@mastra\/core\//, 'ai-sdk-ollama'],
});
await bundle.write({
  dir: out,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'parts/[name]-[hash].js',
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
});
await bundle.close();
writeFileSync(`${out}/help.txt`, execFileSync(process.execPath, [`${out}/main.js`, '--help']));
