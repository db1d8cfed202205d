import * as z from 'zod';

/** Where files are, as HostReader.files takes it. */
export function filePatternParam() {
  return z
    .string()
    .min(1)
    .regex(/^(?:\/|~\/|[A-Za-z]:[\\/])/, { error: 'write the whole path, or one that starts with ~/' })
    .regex(/^(?!.*\{[^}]*\/)/, { error: 'a {…} must not hold a "/"; write several paths instead' });
}
