/** A setting of a unit file: `OnCalendar=daily` under `[Timer]`. */
export interface UnitSetting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** The settings of a file, in order, as systemd.syntax(7) has them: continued lines joined, comments gone. */
export function parseUnitFile(text: string): readonly UnitSetting[] {
  const settings: UnitSetting[] = [];
  let section = '';
  let begun = '';
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (/^[#;]/.test(line)) continue;
    if (line.endsWith('\\')) {
      begun += `${line.slice(0, -1).trimEnd()} `;
      continue;
    }
    const whole = (begun + line).trim();
    begun = '';
    const head = /^\[([^\]]+)\]$/.exec(whole)?.[1];
    if (head !== undefined) section = head;
    const at = whole.indexOf('=');
    if (head === undefined && at > 0)
      settings.push({ section, key: whole.slice(0, at).trim(), value: whole.slice(at + 1).trim() });
  }
  return settings;
}
