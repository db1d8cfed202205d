import { isAlias, parseDocument, visit, type Document } from 'yaml';
import { CodedError } from '../domain/coded-error.ts';

/** `key=value` of the command line as an entry; the value is read as YAML, as a runbook would have it. USAGE when it is not. */
export function parseSetting(setting: string): readonly [string, unknown] {
  const equals = setting.indexOf('=');
  if (equals < 1) throw new CodedError('USAGE', `"${setting}" is not key=value`, { next: 'write --set key=value' });
  const key = setting.slice(0, equals);
  const written = setting.slice(equals + 1);
  const document = parseDocument(written, { strict: true, uniqueKeys: true });
  const [trouble] = [...document.errors, ...document.warnings];
  if (trouble !== undefined) {
    throw new CodedError('USAGE', `the value of "${key}" is not YAML: ${trouble.message.split('\n')[0] ?? ''}`, {
      next: 'quote it',
    });
  }
  // `include=*.log`: there is nothing that an alias by itself could refer to, so it is the text that it looks like.
  if (isAlias(document.contents)) return [key, written.trim()];
  if (hasAlias(document))
    throw new CodedError('USAGE', `the value of "${key}" refers to another one (*)`, { next: 'quote it' });
  return [key, document.toJS({ maxAliasCount: 0 })];
}

function hasAlias(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}
