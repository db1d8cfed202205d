import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeResponse, encodeQuery } from '../../../src/providers/net/dns-message.ts';
import type { RecordType } from '../../../src/providers/net/dns-record.ts';
import { a, cname, record, response, txt, wireName } from '../../support/net/dns-server.ts';

const QUERY = queryFor('example.com', 'A');

function queryFor(name: string, type: RecordType): Buffer {
  return encodeQuery({ id: 4_711, name, type, checkingDisabled: false });
}

function answersOf(...records: readonly Buffer[]) {
  return decodeResponse(response(QUERY, { records }))?.answers.map(({ owner, type, value }) => [owner, type, value]);
}

test('a query is laid out as RFC 1035 says', () => {
  const expected = Buffer.concat([
    Buffer.from([0x12, 0x67, 0x01, 0x20, 0, 1, 0, 0, 0, 0, 0, 0]),
    wireName('example.com'),
    Buffer.from([0, 1, 0, 1]),
  ]);
  expect(QUERY.equals(expected)).toBe(true);
  const unchecked = encodeQuery({ id: 1, name: 'a', type: 'CAA', checkingDisabled: true });
  expect([unchecked[3], unchecked.readUInt16BE(unchecked.length - 4)]).toEqual([0x30, 257]);
});

test('every type that can be asked for is written as a zone file does', () => {
  const mx = record(null, 15, Buffer.concat([Buffer.from([0, 10]), wireName('MX.Example.com')]));
  const srv = record(null, 33, Buffer.concat([Buffer.from([0, 1, 0, 2, 1, 187]), wireName('a.b')]));
  const caa = record(null, 257, Buffer.from('\0\u0005issueca.test'));
  const aaaa = record(null, 28, Buffer.from('20010db8000000000000000000000001', 'hex'));
  expect(
    answersOf(
      a(null, '192.0.2.1'),
      aaaa,
      cname('www.example.com', 'EXAMPLE.com'),
      mx,
      srv,
      caa,
      txt(null, 'v=spf1 ', '-all'),
      record(null, 2, wireName('ns.test')),
      record(null, 12, wireName('host.test')),
    ),
  ).toEqual([
    ['example.com', 'A', '192.0.2.1'],
    ['example.com', 'AAAA', '2001:db8::1'],
    ['www.example.com', 'CNAME', 'example.com'],
    ['example.com', 'MX', '10 mx.example.com'],
    ['example.com', 'SRV', '1 2 443 a.b'],
    ['example.com', 'CAA', '0 issue "ca.test"'],
    ['example.com', 'TXT', 'v=spf1 -all'],
    ['example.com', 'NS', 'ns.test'],
    ['example.com', 'PTR', 'host.test'],
  ]);
});

test('types and classes that are not known are passed over', () => {
  const chaos = a(null, '192.0.2.9');
  chaos.writeUInt16BE(3, 4);
  expect(answersOf(record(null, 46, Buffer.alloc(30)), chaos, a(null, '192.0.2.1'))).toEqual([
    ['example.com', 'A', '192.0.2.1'],
  ]);
});

test('what a label or a text holds can neither hide a dot nor turn the line round', () => {
  const odd = Buffer.concat([Buffer.from([3]), Buffer.from('a.b'), Buffer.from([2, 0x1b, 0xff]), Buffer.from([0])]);
  expect(answersOf(record(null, 5, odd), txt(null, '\u202eevil\n'))).toEqual([
    ['example.com', 'CNAME', 'a\\046b.\\027\\255'],
    ['example.com', 'TXT', '\\u{202e}evil\\u{a}'],
  ]);
});

describe('a message is refused', () => {
  const owner = QUERY.length;
  test.each([
    ['that is a query', QUERY],
    ['that is empty', Buffer.alloc(0)],
    [
      'without a question',
      (() => {
        const bytes = response(QUERY);
        bytes.writeUInt16BE(0, 4);
        return bytes;
      })(),
    ],
    [
      'whose pointer leads to itself',
      response(QUERY, { records: [Buffer.from([0xc0, owner, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])] }),
    ],
    ['whose pointer leads forwards', response(QUERY, { records: [Buffer.from([0xc0, owner + 2, 0xc0, owner])] })],
    ['whose address is too long', response(QUERY, { records: [record(null, 1, Buffer.alloc(5))] })],
    ['whose text is longer than its record', response(QUERY, { records: [record(null, 16, Buffer.from([200, 65]))] })],
    ['whose name ends beyond its record', response(QUERY, { records: [record(null, 5, Buffer.from([5, 65]))] })],
    ['that ends before its answers do', response(QUERY, { records: [a(null, '192.0.2.1')] }).subarray(0, -1)],
  ])('%s', (_, bytes) => {
    expect(decodeResponse(bytes)).toBeNull();
  });
});

test('of a truncated answer nothing is used, even where it is cut in the middle', () => {
  const cut = response(QUERY, { truncated: true, records: [a(null, '192.0.2.1')] }).subarray(0, -3);
  expect(decodeResponse(cut)).toMatchObject({ truncated: true, answers: [] });
});

test('no bytes at all make it throw', () => {
  const whole = response(QUERY, { records: [a(null, '192.0.2.1'), cname('x.y', 'z'), txt(null, 'text')] });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void decodeResponse(Buffer.from(bytes))),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }), (edits) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of edits) bytes[at] = value;
      const message = decodeResponse(bytes);
      for (const { value } of message?.answers ?? []) expect(value).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }),
    { numRuns: 2_000 },
  );
});
