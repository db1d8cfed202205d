// Runs after `npm ci`, in plain JavaScript because nothing is built yet: is the Node that the
// checkout brings there and new enough? Then builds dist/ and sees that it runs.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(
    `holdfast needs Node ${engines.node}; this is ${process.versions.node} at ${process.execPath}.\n` +
      'npm ci brings one as the development dependency "node", whose install script must be allowed:\n' +
      'run npm ci again without --ignore-scripts.\n',
  );
  process.exit(1);
}
await import('./build.js');
const said = execFileSync(process.execPath, [`${root}bin/holdfast.js`, '--version'], { encoding: 'utf8' });
process.stdout.write(`holdfast ${said.trim()} built, on Node ${process.versions.node}\n`);
