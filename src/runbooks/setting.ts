import { parseDocument } from 'yaml';
import { CodedError } from '../domain/coded-error.ts';

/** `key=value` of the command line as an entry; the value is read as YAML, as a runbook would have it. USAGE when it is not. */
export function parseSetting(setting: string): readonly [string, unknown] {
  const equals = setting.indexOf('=');
  if (equals < 1) throw new CodedError('USAGE', `"${setting}" is not key=value`, { next: 'write --set key=value' });
  const key = setting.slice(0, equals);
  const document = parseDocument(setting.slice(equals + 1), { strict: true, uniqueKeys: true });
  const [trouble] = [...document.errors, ...document.warnings];
  if (trouble !== undefined) {
    throw new CodedError('USAGE', `the value of "${key}" is not YAML: ${trouble.message.split('\n')[0] ?? ''}`, {
      next: 'quote it',
    });
  }
  return [key, document.toJS({ maxAliasCount: 0 })];
}
