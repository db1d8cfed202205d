/** What a rule of sudo is about, and what it says. */
export interface SudoLine {
  /** `ana`, `%sudo`, `Defaults`, `Defaults:ana`, `Cmnd_Alias BACKUP`. */
  readonly subject: string;
  /** The rest, in one form of spacing. */
  readonly rule: string;
}

export type SudoersItem =
  | { readonly type: 'line'; readonly line: SudoLine }
  | { readonly type: 'include'; readonly path: string; readonly folder: boolean };

/** The lines of a file of rules, in order, as sudoers(5) has them: continued lines joined, comments gone. */
export function parseSudoers(text: string): readonly SudoersItem[] {
  const joined = text.replaceAll(/\\\r?\n/g, ' ');
  return joined.split('\n').flatMap((raw): readonly SudoersItem[] => {
    const include = /^\s*[@#]include(dir)?\s+(.+?)\s*$/.exec(raw);
    if (include !== null) return [{ type: 'include', path: unquoted(include[2] ?? ''), folder: include[1] === 'dir' }];
    const line = spaced(withoutComment(raw));
    return line === '' ? [] : [{ type: 'line', line: split(line) }];
  });
}

function unquoted(path: string): string {
  return path.replace(/^"(.*)"$/, '$1').replaceAll(/\\(.)/g, '$1');
}

/** `#` begins a comment, but not within quotes, behind a backslash, or before a user's number (`#1000 ALL=...`). */
function withoutComment(line: string): string {
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at];
    if (character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === '#' && !quoted && !/\d/.test(line[at + 1] ?? '')) return line.slice(0, at);
  }
  return line;
}

/** In arguments `,`, `:` and `=` are written with a backslash, so that bare ones are always structure. */
function spaced(line: string): string {
  return line
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll(/\s+/g, ' ').replaceAll(/(?<!\\) ?(?<!\\)([,:=]) ?/g, '$1'),
    )
    .join('')
    .trim();
}

function split(line: string): SudoLine {
  const defaults = /^(Defaults(?:[:@>!]\S+)?) ?(.*)$/.exec(line);
  if (defaults !== null) return { subject: defaults[1] ?? '', rule: defaults[2] ?? '' };
  const alias = /^((?:User|Runas|Host|Cmnd|Cmd)_Alias \w+)=(.*)$/.exec(line);
  if (alias !== null) return { subject: alias[1] ?? '', rule: alias[2] ?? '' };
  const user = /^((?:"(?:[^"\\]|\\.)*"|\\.|[^\s"\\])+) ?(.*)$/.exec(line);
  return user === null ? { subject: 'a line of no form', rule: line } : { subject: user[1] ?? '', rule: user[2] ?? '' };
}
