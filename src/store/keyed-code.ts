import { timingSafeEqual } from 'node:crypto';

/** Whether a column holds exactly this code as it is written: lower-case hex, and not another spelling of it. */
export function isCode(column: unknown, code: Buffer): boolean {
  const found = Buffer.from(String(column));
  const expected = Buffer.from(code.toString('hex'));
  return found.length === expected.length && timingSafeEqual(found, expected);
}
