import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../src/domain/baseline.ts';
import { digestOf } from '../../src/domain/digest.ts';
import { acceptInto, canonicalInventory, driftOf, foreignProvider } from '../../src/domain/drift.ts';
import { fact, hiddenFact, inventory } from '../support/fake-inventory.ts';

const ssh = fact('listener', '0.0.0.0:22/tcp', { program: '/usr/sbin/sshd' });
const web = fact('listener', '0.0.0.0:80/tcp', { program: '/usr/sbin/nginx' });
const ana = fact('user', 'ana', { uid: 1000 });

const told = (baseline: Inventory, now: Inventory): readonly string[] =>
  driftOf(baseline, now).drifted.map(({ direction, name }) => `${direction} ${name}`);
const unsure = (baseline: Inventory, now: Inventory): readonly string[] =>
  driftOf(baseline, now).incomparable.map(({ resource, failure }) => `${failure.code} ${resource}`);

describe('drift', () => {
  it('is what was added, removed and changed, with before and after', () => {
    const moved = fact('listener', '0.0.0.0:22/tcp', { program: '/tmp/sshd' });
    expect(driftOf(inventory([ssh, ana]), inventory([moved, web], { kinds: ['listener', 'user'] })).drifted).toEqual([
      expect.objectContaining({ direction: 'changed', before: ssh.value, after: moved.value }),
      expect.objectContaining({ direction: 'added', name: web.name, before: null, after: web.value }),
      expect.objectContaining({ direction: 'removed', name: 'ana', before: ana.value, after: null }),
    ]);
  });

  it('is no other name for the same thing', () => {
    expect(told(inventory([ana]), inventory([{ ...ana, name: 'Ana' }]))).toEqual([]);
  });

  it('tells two kinds of one name apart', () => {
    const group = fact('group', 'ana', { uid: 1000 });
    expect(
      told(inventory([ana], { kinds: ['group', 'user'] }), inventory([group], { kinds: ['group', 'user'] })),
    ).toEqual(['added ana', 'removed ana']);
  });
});

describe('a part that can not be read now', () => {
  it('is incomparable: what was there is not removed', () => {
    const now = inventory([], { kinds: ['listener'], hidden: [hiddenFact('listener', '*')] });
    expect(told(inventory([ssh, web]), now)).toEqual([]);
    expect(unsure(inventory([ssh, web]), now)).toEqual(['EACCES host:abc/listener/*']);
  });

  it('hides nothing beside it, and no other kind', () => {
    const now = inventory([], { kinds: ['listener', 'user'], hidden: [hiddenFact('listener', ssh.name)] });
    expect(told(inventory([ssh, web, ana]), now)).toEqual([`removed ${web.name}`, 'removed ana']);
  });

  it('with a fact beside it is known to be there: added when it is new, never changed', () => {
    const blurred = fact('listener', ssh.name, {});
    const now = inventory([blurred, fact('listener', 'new', {})], {
      hidden: [hiddenFact('listener', ssh.name), hiddenFact('listener', 'new')],
    });
    expect(told(inventory([ssh]), now)).toEqual(['added new']);
  });
});

describe('a part that the baseline lacks', () => {
  const baseline = inventory([ana], { hidden: [hiddenFact('sudo-rule', '*')] });
  const root = fact('sudo-rule', 'root', { may: 'ALL' });

  it('is not added when it can be read: there is nothing to compare it with', () => {
    expect(told(baseline, inventory([ana, root]))).toEqual([]);
    expect(unsure(baseline, inventory([ana, root]))).toEqual(['BASELINE_LACKS host:abc/sudo-rule/*']);
  });

  it('is told once, by its reason of today, when it is still hidden', () => {
    expect(unsure(baseline, inventory([ana], { hidden: [hiddenFact('sudo-rule', '*')] }))).toEqual([
      'EACCES host:abc/sudo-rule/*',
    ]);
  });

  it('is compared from when it was accepted', () => {
    const after = acceptInto(baseline, inventory([ana, root]), ({ kind }) => kind === 'sudo-rule').baseline;
    expect(unsure(after, inventory([ana, root]))).toEqual([]);
    expect(told(after, inventory([ana], { kinds: ['user', 'sudo-rule'] }))).toEqual(['removed root']);
  });

  it('is told as removed, and as nothing else, when it was known to be there and is gone', () => {
    const half = inventory([ssh], { hidden: [hiddenFact('listener', ssh.name)] });
    const now = inventory([], { kinds: ['listener'] });
    expect([told(half, now), unsure(half, now)]).toEqual([[`removed ${ssh.name}`], []]);
    expect(acceptInto(half, now, () => true).baseline).toEqual(now);
  });
});

describe('a kind', () => {
  it('that the baseline never held is fresh: none of its facts drifted', () => {
    const drift = driftOf(inventory([ana]), inventory([ana, ssh]));
    expect([drift.drifted, drift.incomparable, drift.fresh]).toEqual([[], [], ['listener']]);
  });

  it('that nothing reads any more is incomparable until that is accepted', () => {
    const now = inventory([ana]);
    expect(told(inventory([ana, ssh]), now)).toEqual([]);
    expect(unsure(inventory([ana, ssh]), now)).toEqual(['KIND_NOT_READ host:abc/listener/*']);
    expect(acceptInto(inventory([ana, ssh]), now, () => true).baseline).toEqual(now);
  });
});

describe('accepting', () => {
  it('takes what is wanted and leaves the rest as it was', () => {
    const now = inventory([web], { kinds: ['listener', 'user'] });
    const { baseline, accepted } = acceptInto(inventory([ssh, ana]), now, ({ name }) => name === web.name);
    expect(accepted.map(({ direction, name }) => `${direction} ${name}`)).toEqual([`added ${web.name}`]);
    expect(told(baseline, now)).toEqual([`removed ${ssh.name}`, 'removed ana']);
  });

  it('keeps what is hidden now as it was accepted', () => {
    const now = inventory([], { kinds: ['user'], hidden: [hiddenFact('user', 'ana')] });
    expect(acceptInto(inventory([ana]), now, () => true).baseline.facts).toEqual([ana]);
  });

  it('of a thing that is known to be there only remembers that its value is not known', () => {
    const now = inventory([ana, fact('user', 'bob', {})], { hidden: [hiddenFact('user', 'bob')] });
    const { baseline } = acceptInto(inventory([ana]), now, () => true);
    expect(told(baseline, inventory([ana, fact('user', 'bob', { uid: 0 })]))).toEqual([]);
    expect(unsure(baseline, inventory([ana, fact('user', 'bob', { uid: 0 })]))).toEqual([
      'BASELINE_LACKS host:abc/user/bob',
    ]);
  });
});

describe('a baseline of another', () => {
  it('has no account of a provider in common with what is here', () => {
    const there = inventory([fact('user', 'ana', {}, 'host:there')]);
    const here = inventory([fact('user', 'ana', {}, 'host:here')]);
    expect(foreignProvider(there, here)).toBe('host');
    expect(foreignProvider(there, there)).toBeNull();
    expect(foreignProvider(there, inventory([], { kinds: ['user'] }))).toBeNull();
    expect(foreignProvider(inventory([ana, fact('zone', 'x', {}, 'dns:a')]), inventory([ana]))).toBeNull();
  });

  it('is told by what is hidden here, too', () => {
    const here = inventory([], { hidden: [hiddenFact('user', '*', 'host:here')] });
    expect(foreignProvider(inventory([ana]), here)).toBe('host');
  });
});

const kind = fc.constantFrom('a', 'b', 'c');
const name = fc.constantFrom('1', '2', '3', '4');
const facts = fc.uniqueArray(
  fc.tuple(kind, name, fc.integer({ min: 0, max: 2 })).map(([k, n, v]) => fact(k, n, { v })),
  { selector: ({ resource }) => resource },
);
const hidden = fc.uniqueArray(
  fc.tuple(kind, fc.oneof(name, fc.constant('*'))).map(([k, n]) => hiddenFact(k, n)),
  { selector: ({ resource }) => resource, maxLength: 3 },
);
const anyInventory = fc
  .tuple(facts, hidden, fc.subarray(['a', 'b', 'c']))
  .map(([f, h, kinds]) => inventory(f, { hidden: h, kinds: [...kinds, ...[...f, ...h].map((each) => each.kind)] }));

describe('whatever the world', () => {
  it('does not differ from itself, in whatever order it was read', () => {
    fc.assert(
      fc.property(anyInventory, fc.func(fc.integer()), (now, order) => {
        const shuffle = <T>(list: readonly T[]): T[] => list.toSorted((a, b) => order(a, b));
        const again = canonicalInventory({
          kinds: shuffle(now.kinds),
          facts: shuffle(now.facts),
          hidden: shuffle(now.hidden),
        });
        expect(digestOf('inventory', again)).toBe(digestOf('inventory', now));
        expect([driftOf(now, again).drifted, driftOf(now, again).fresh]).toEqual([[], []]);
      }),
    );
  });

  it('has drifted from nothing once all of it was accepted, and what is left to say is what is hidden now', () => {
    fc.assert(
      fc.property(anyInventory, anyInventory, (before, now) => {
        const { baseline } = acceptInto(before, now, () => true);
        const drift = driftOf(baseline, now);
        expect([drift.drifted, drift.fresh, drift.incomparable]).toEqual([[], [], now.hidden]);
      }),
    );
  });

  it('loses by accepting a part just that part of its drift', () => {
    fc.assert(
      fc.property(anyInventory, anyInventory, name, (before, now, wanted) => {
        const all = driftOf(before, now).drifted;
        const { baseline, accepted } = acceptInto(before, now, (part) => part.name === wanted);
        expect(accepted).toEqual(all.filter((item) => item.name === wanted));
        const left = driftOf(baseline, now).drifted;
        for (const item of all.filter((each) => each.name !== wanted)) expect(left).toContainEqual(item);
      }),
    );
  });

  it('never says of what is hidden that it was removed or changed', () => {
    fc.assert(
      fc.property(anyInventory, anyInventory, (before, now) => {
        const covered = (item: { kind: string; resource: string }): boolean =>
          now.hidden.some(
            (part) =>
              part.kind === item.kind &&
              (part.resource === item.resource || part.resource === `host:abc/${item.kind}/*`),
          );
        const wrong = driftOf(before, now).drifted.filter((item) => item.direction !== 'added' && covered(item));
        expect(wrong).toEqual([]);
      }),
    );
  });
});
