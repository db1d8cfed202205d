import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the unit of the stand-in is; what is left out is as in a unit that runs well. */
export interface UnitState {
  readonly show?: Readonly<Record<string, string>>;
  /** What `restart` does: exit code, what it says, and the properties that it leaves behind. */
  readonly restart?: {
    readonly exit?: number;
    readonly says?: string;
    readonly leaves?: Readonly<Record<string, string>>;
    readonly sleep?: number;
  };
  /** When there: `show` says this and fails, as where there is no systemd. */
  readonly unreachable?: string;
}

const RUNNING = {
  Id: 'web.service',
  LoadState: 'loaded',
  ActiveState: 'active',
  SubState: 'running',
  FragmentPath: '',
  DropInPaths: '',
  InvocationID: '1ea09c9275734f9aaa3e3b6b5e4e1b91',
  NeedDaemonReload: 'no',
  CanStart: 'yes',
  CanStop: 'yes',
  RefuseManualStart: 'no',
  RefuseManualStop: 'no',
  RequiredBy: '',
  BoundBy: '',
  ConsistsOf: '',
};
export const RESTARTED = { InvocationID: 'c0ffee9275734f9aaa3e3b6b5e4e1b92' };

/** A stand-in for systemctl in a folder for PATH, answering in the real one's forms; and the argument vectors it was called with. */
export function standIn(folder: string, state: UnitState = {}) {
  const bin = join(folder, 'bin');
  const shown = join(folder, 'show.txt');
  const calls = join(folder, 'calls.txt');
  const fragment = join(folder, 'web.service');
  mkdirSync(bin, { recursive: true });
  if (!existsSync(fragment)) writeFileSync(fragment, '[Service]\nExecStart=/usr/bin/web\n');
  const text = (properties: Readonly<Record<string, string>>) =>
    Object.entries({ ...RUNNING, FragmentPath: fragment, ...state.show, ...properties })
      .map(([key, value]) => `${key}=${value}\n`)
      .join('');
  writeFileSync(shown, text({}));
  writeFileSync(join(folder, 'then.txt'), text(state.restart?.leaves ?? RESTARTED));
  writeFileSync(join(folder, 'says.txt'), state.restart?.says ?? '');
  writeFileSync(join(folder, 'unreachable.txt'), state.unreachable ?? '');
  const script = `#!/bin/bash
printf '%s\\n' "$*" >> '${calls}'
for word in "$@"; do case "$word" in
show) if [ -s '${folder}/unreachable.txt' ]; then cat '${folder}/unreachable.txt' >&2; exit 1; fi; cat '${shown}'; exit 0;;
restart) sleep ${state.restart?.sleep ?? 0}; cat '${folder}/says.txt' >&2; cp '${folder}/then.txt' '${shown}'; exit ${state.restart?.exit ?? 0};;
esac; done
exit 1
`;
  writeFileSync(join(bin, 'systemctl'), script);
  chmodSync(join(bin, 'systemctl'), 0o755);
  return {
    env: { PATH: bin },
    fragment,
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
    restarts: () =>
      existsSync(calls)
        ? readFileSync(calls, 'utf8')
            .split('\n')
            .filter((line) => line.includes(' restart ')).length
        : 0,
    /** Makes it look so from now on. */
    becomes: (properties: Readonly<Record<string, string>>) => writeFileSync(shown, text(properties)),
  };
}
