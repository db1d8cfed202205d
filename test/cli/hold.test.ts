import { beforeEach, describe, expect, it } from 'vitest';
import { aGateHome, type GateHome } from '../support/gate-home.ts';

let home: GateHome;
beforeEach(() => {
  home = aGateHome();
  home.configure('approvals: { allowNonInteractive: true }');
  home.old('a.log');
});

describe('holdfast hold', () => {
  it('keeps what is approved from being applied: 17; release lets it go on', async () => {
    const { id, digest } = await home.prune();
    expect(await home.document('hold', 'hold', '--reason', 'incident 12')).toMatchObject({ held: true });
    const approved = await home.holdfast('plan', 'approve', id, '--digest', digest);
    expect([approved.code, approved.stderr]).toEqual([17, expect.stringContaining('holdfast release')]);
    expect((await home.holdfast('plan', 'resume', id)).code).toBe(17);
    expect((await home.plan(id)).status).toBe('authorised');
    expect(Object.keys(home.files())).toEqual(['a.log']);
    expect((await home.document('status', 'status')).held).toMatchObject({ reason: 'incident 12' });
    expect((await home.holdfast('status')).stdout).toMatch(/incident 12/);

    expect(await home.document('hold', 'release')).toMatchObject({ held: false });
    expect((await home.document('status', 'status')).held).toBeNull();
    expect((await home.holdfast('plan', 'resume', id)).code).toBe(0);
    expect(home.files()).toEqual({});
    expect(await home.audited()).toEqual(expect.arrayContaining(['held held', 'released released']));
  });

  it('does not keep anybody from saying no', async () => {
    await home.holdfast('hold');
    const { id } = await home.prune();
    expect((await home.document('plan', 'plan', 'reject', id)).status).toBe('rejected');
  });

  it('said twice is held once, and the second word counts', async () => {
    await home.holdfast('hold', '--reason', 'first');
    await home.holdfast('hold', '--reason', 'second');
    expect((await home.document('status', 'status')).held).toMatchObject({ reason: 'second' });
    expect((await home.holdfast('release')).code).toBe(0);
    const again = await home.holdfast('release');
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/^NOT_HELD/)]);
  });

  it('holds when it can not be read, and is written anew by hold and release', async () => {
    const { id, digest } = await home.prune();
    await home.holdfast('hold');
    home.sql(`UPDATE meta SET value = 'nonsense' WHERE key = 'hold'`);
    const told = await home.holdfast('plan', 'approve', id, '--digest', digest);
    expect([told.code, told.stderr]).toEqual([2, expect.stringMatching(/^HOLD_UNREADABLE/m)]);
    expect(Object.keys(home.files())).toEqual(['a.log']);
    await home.holdfast('hold');
    expect((await home.holdfast('release')).code).toBe(0);
    expect((await home.holdfast('plan', 'resume', id)).code).toBe(0);
    expect(home.files()).toEqual({});
  });
});
