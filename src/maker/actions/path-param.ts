import * as z from 'zod';

/** An absolute path without `..`, `.`, a NUL or a lone surrogate; without the slash at its end inside. */
export function pathParam() {
  return z
    .string({ error: 'a path is written whole: "/var/log/app"' })
    .max(4_096)
    .transform((written, context) => {
      const path = written.replace(/(?<=.)\/+$/, '');
      const trouble = troubleOf(path);
      if (trouble === null) return path;
      context.addIssue({ code: 'custom', message: `${JSON.stringify(written)} ${trouble}`, input: written });
      return z.NEVER;
    });
}

function troubleOf(path: string): string | null {
  if (!path.startsWith('/')) return 'is not a whole path; write it like "/var/log/app"';
  if (path.includes('\0') || !path.isWellFormed()) return 'holds a character that paths do not have';
  if (/\/(\.{0,2})(\/|$)/.test(path) && path !== '/') return 'holds "..", "." or "//"; write where it really is';
  return null;
}
