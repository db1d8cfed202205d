import { strengthOfName } from '../domain/redaction/key-name.ts';
import type { Redactor } from '../domain/redaction/redacted.ts';
import { createRedactor } from '../domain/redaction/redactor.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The redactor of this process: it knows the credentials in the environment from the start.
 * Without a state directory its placeholders hold for this process only.
 */
export function openRedactor(surroundings: Surroundings, key: Uint8Array | null): Redactor {
  return createRedactor({ key: key ?? surroundings.random(32), known: environmentSecrets(surroundings.env) });
}

/** Values of variables whose names say that they are secret, and passwords inside URLs. */
export function environmentSecrets(env: Surroundings['env']): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const password = URL.parse(value)?.password ?? '';
    const inUrl = password === '' ? [] : [password, decodeURIComponentOrNot(password)];
    return isSecretName(name) && !isPath(value) ? [value, ...inUrl] : inUrl;
  });
}

function isSecretName(name: string): boolean {
  const strength = strengthOfName(name);
  return strength === 'password' || strength === 'secret';
}

function isPath(value: string): boolean {
  return /^(?:\.{0,2}\/|[A-Za-z]:\\)/.test(value);
}

function decodeURIComponentOrNot(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % stands for itself
  }
}
