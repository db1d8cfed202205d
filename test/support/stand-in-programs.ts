import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a stand-in does: prints `says`, then `errors` to the other side, and ends with `exit` (0). */
export interface StandIn {
  readonly says?: string;
  readonly errors?: string;
  readonly exit?: number;
  /** Instead of ending it waits for so many seconds. */
  readonly sleeps?: number;
  /** What is printed when a word of this name is among the arguments, instead of `says`. */
  readonly saysTo?: Readonly<Record<string, string>>;
}

/** Programs of these names in a folder for PATH; and how they were called, one line a call. */
export function standInPrograms(folder: string, programs: Readonly<Record<string, StandIn>>) {
  const bin = join(folder, 'bin');
  const calls = join(folder, 'calls.txt');
  mkdirSync(bin, { recursive: true });
  for (const [name, program] of Object.entries(programs)) {
    const file = (what: string, text: string): string => {
      const path = join(folder, `${name}.${what}.txt`);
      writeFileSync(path, text);
      return path;
    };
    const cases = Object.entries(program.saysTo ?? {})
      .map(([word, text]) => `${word}) said='${file(word, text)}';;`)
      .join(' ');
    writeFileSync(
      join(bin, name),
      `#!/bin/bash
printf '%s\\n' "${name} $*" >> '${calls}'
said='${file('says', program.says ?? '')}'
for word in "$@"; do case "$word" in ${cases} -nothing-) ;; esac; done
cat "$said"; cat '${file('errors', program.errors ?? '')}' >&2
${program.sleeps === undefined ? '' : `sleep ${program.sleeps}`}
exit ${program.exit ?? 0}
`,
    );
    chmodSync(join(bin, name), 0o755);
  }
  return {
    env: { PATH: bin },
    calls: (): readonly string[] => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
  };
}
