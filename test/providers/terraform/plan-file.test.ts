import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { originOf } from '../../../src/providers/terraform/plan-file.ts';
import { fileInZip } from '../../../src/providers/terraform/zip.ts';
import { savedPlan, zipOf } from '../../support/terraform/saved-plan.ts';

const plan = savedPlan({
  backend: 's3',
  workspace: 'prod-eu',
  lineage: '0f3c4a1e-6f0d-4b7a-9f43-2b8d5c1a7e90',
  serial: 41,
  show: {},
  apply: { says: [], exit: 0, state: null },
});

describe('where a saved plan belongs', () => {
  test('is read from its bytes', () => {
    expect(originOf({ bytes: plan })).toEqual({
      status: 'seen',
      value: { backend: 's3', workspace: 'prod-eu', lineage: '0f3c4a1e-6f0d-4b7a-9f43-2b8d5c1a7e90', serial: 41 },
    });
  });

  test('of a plan for no state yet has no lineage', () => {
    const bytes = savedPlan({
      backend: 'local',
      workspace: 'default',
      lineage: '',
      serial: 0,
      show: {},
      apply: { says: [], exit: 0, state: null },
    });
    expect(originOf({ bytes })).toMatchObject({ value: { lineage: null, serial: 0 } });
  });

  test.for<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['an encrypted plan', Buffer.from('{"meta":{},"encrypted_data":"aGVsbG8=","encryption_version":"v0"}')],
    ['a plan kept by a cloud service', Buffer.from('{"remote_plan_format":1,"run_id":"run-x","hostname":"h"}')],
    ['another archive', zipOf({ 'readme.txt': 'hello' })],
    ['a plan without a backend', zipOf({ tfplan: Buffer.from([0x08, 3]), tfstate: '{"lineage":"a","serial":1}' })],
    ['a plan without a state', zipOf({ tfplan: Buffer.from([0x08, 3]) })],
  ])('can not be told of %s', ([, bytes]) => {
    expect(originOf({ bytes })).toMatchObject({ status: 'unknown', failure: { code: 'PLAN_UNREADABLE' } });
  });

  test('is a value whatever the bytes are, cut off or overwritten', () => {
    fc.assert(
      fc.property(fc.nat(plan.length), fc.nat(plan.length - 1), fc.uint8Array({ maxLength: 8 }), (cut, at, noise) => {
        const bytes = Buffer.from(plan);
        bytes.set(noise.slice(0, bytes.length - at), at);
        expect(['seen', 'unknown']).toContain(originOf({ bytes: bytes.subarray(0, cut) }).status);
      }),
      { numRuns: 3_000 },
    );
  });

  test('a file in an archive that grows beyond the limit is not unpacked', () => {
    const bomb = zipOf({ tfplan: Buffer.alloc(2_000_000) });
    expect(bomb.length).toBeLessThan(10_000);
    expect(() => fileInZip(bomb, 'tfplan', 1_000_000)).toThrow();
    expect(fileInZip(bomb, 'tfplan', 2_000_000)).toHaveLength(2_000_000);
  });
});
