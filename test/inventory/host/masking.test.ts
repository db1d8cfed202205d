import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskingFor } from '../../../src/inventory/host/masking.ts';

const masking = maskingFor('0123456789ab');

test.each([
  'PGPASSWORD=Tr0ub4dor /usr/bin/pg_dump',
  'cd /x && DB_PWD="Tr0ub4dor and more" ./run',
  "export KEY='a Tr0ub4dor'; ./run",
  'env A=Tr0ub4dor run',
  'sh -c "X=Tr0ub4dor ./run"',
  'mysqldump -pTr0ub4dor -u root all',
  'mysqldump -u root -p"x Tr0ub4dor" all',
  'sshpass -p Tr0ub4dor ssh host',
  'backup --password Tr0ub4dor',
  'backup --api-key=Tr0ub4dor',
  'curl -H "Authorization: Bearer Tr0ub4dor-1234567890abcdef" https://x',
  'curl https://me:Tr0ub4dor@example.com/',
])('%s: the secret is not kept, and a change of it shows', (line) => {
  const shown = masking.line(line);
  expect(shown).not.toContain('Tr0ub4dor');
  expect(masking.line(line)).toBe(shown);
  expect(masking.line(line.replace('Tr0ub4dor', 'Tr0ub4d0r'))).not.toBe(shown);
});

test.each([
  '/usr/bin/run --password-file /etc/pw --level=3 -p 22',
  'test -x /usr/sbin/anacron || run-parts --report /etc/cron.daily',
  '/usr/bin/find / -name "*.log" -mtime +7',
])('%s has nothing to hide', (line) => {
  expect(masking.line(line)).toBe(line);
});

test('the mark of a value is another one on another machine', () => {
  expect(maskingFor('ba9876543210').mark('x')).not.toBe(masking.mark('x'));
});

test('a long line is cut, and a change behind the cut shows', () => {
  const long = (end: string) => masking.line(`run ${'word '.repeat(200)}${end}`);
  expect(long('a').length).toBeLessThan(600);
  expect(long('a')).not.toBe(long('b'));
  const longest = (end: string) => masking.line(`run ${'x'.repeat(100_000)}${end}`);
  expect(longest('a').length).toBeLessThan(100);
  expect(longest('a')).not.toBe(longest('b'));
});

test('whatever a line holds, it becomes one printable line, and what is masked stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const shown = masking.line(text);
      expect(shown).not.toMatch(/\p{Cc}|\p{Cs}/u);
      expect(masking.line(text)).toBe(shown);
    }),
  );
});

test('a line made to be slow is not', () => {
  for (const line of ['mysql '.repeat(1_300), `A="${'\\'.repeat(8_000)}`, '-'.repeat(8_000), 'A=B'.repeat(2_600)])
    expect(masking.line(line).length).toBeLessThan(20_000);
});
