import { describe, expect, it } from 'vitest';
import { dispositionOf, type Finding } from '../../src/domain/finding.ts';
import { compare, FLAP_WINDOW_MS, type Comparison, type Sighting } from '../../src/domain/standing.ts';
import { drafted, redactor, RUN, sighting } from '../support/sighting.ts';

const RULES = { resolveAfter: 2 };
const HALF_HOUR = 30 * 60_000;

/** Plays sightings one after the other, each half an hour after the last. */
function play(sightings: readonly Partial<Sighting>[], start: readonly Finding[] = []): Comparison[] {
  let known = start;
  return sightings.map((partial, index) => {
    const comparison = compare(known, sighting({ now: index * HALF_HOUR, ...partial }), RULES);
    const touched = new Map(comparison.findings.map((finding) => [finding.key, finding]));
    known = [...known.filter((finding) => !touched.has(finding.key)), ...comparison.findings];
    return comparison;
  });
}

const full = { drafts: [drafted()] };
const clean = { drafts: [] };

function standings(comparisons: readonly Comparison[]): (string | undefined)[] {
  return comparisons.map(({ findings }) => findings[0]?.standing);
}

describe('a finding over time', () => {
  it('is new, then ongoing, then resolved after two clean looks, then gone', () => {
    expect(standings(play([full, full, clean, clean, clean]))).toEqual([
      'new',
      'ongoing',
      'ongoing',
      'resolved',
      undefined,
    ]);
  });

  it('of a check that compares exactly is resolved by one clean look', () => {
    const [opened] = play([full]);
    const rules = { ...RULES, exact: new Set(['host/disk'] as const) };
    expect(compare(opened?.findings ?? [], sighting({ now: HALF_HOUR }), rules).findings[0]?.standing).toBe('resolved');
    const other = { ...RULES, exact: new Set(['host/load'] as const) };
    expect(compare(opened?.findings ?? [], sighting({ now: HALF_HOUR }), other).findings[0]?.standing).toBe('ongoing');
  });

  it('counts clean looks from the last time it was seen', () => {
    expect(standings(play([full, clean, full, clean, clean]))).toEqual([
      'new',
      'ongoing',
      'ongoing',
      'ongoing',
      'resolved',
    ]);
  });

  it('keeps its first sight and its id when it comes back', () => {
    const [first, , , back] = play([full, clean, clean, full]);
    expect(back?.findings[0]).toMatchObject({ standing: 'new', reopened: 1, id: first?.findings[0]?.id, firstSeen: 0 });
    expect(back?.events.map(({ kind }) => kind)).toEqual(['reopened']);
  });

  it('is changed when its severity or its evidence class moves, and then ongoing again', () => {
    const worse = { drafts: [drafted({ severity: 'critical' })] };
    const expired = { drafts: [drafted({ severity: 'critical', evidenceClass: 'expired' })] };
    expect(standings(play([full, worse, worse, expired, expired]))).toEqual([
      'new',
      'changed',
      'ongoing',
      'changed',
      'ongoing',
    ]);
  });

  it('is the same finding while its figures move', () => {
    const [, second] = play([full, { drafts: [drafted({ title: '/data is 99 % full' })] }]);
    expect(second?.findings).toHaveLength(1);
    expect(second?.findings[0]).toMatchObject({ standing: 'ongoing', title: '/data is 99 % full' });
  });

  it('keeps the worse of two answers of one check on one resource', () => {
    const [only] = play([
      { drafts: [drafted({ severity: 'low' }), drafted({ severity: 'high' }), drafted({ severity: 'medium' })] },
    ]);
    expect(only?.findings.map(({ severity }) => severity)).toEqual(['high']);
  });
});

describe('what could not be looked at', () => {
  const unknown = { drafts: [], unknown: new Set(['host/disk'] as const) };

  it('neither resolves nor counts as clean', () => {
    const comparisons = play([full, unknown, unknown, unknown, clean, clean]);
    expect(standings(comparisons)).toEqual(['new', 'ongoing', 'ongoing', 'ongoing', 'ongoing', 'resolved']);
    expect(comparisons[1]?.notLookedAt.size).toBe(1);
    expect(comparisons[4]?.notLookedAt.size).toBe(0);
  });

  it('hides just the resource it names', () => {
    const hidden = (resource: string): Partial<Sighting> => ({
      drafts: [],
      hidden: new Map([['host/disk', [redactor.text(resource)]]]),
    });
    const mine = 'host:abc/mount//data';
    expect(standings(play([full, hidden(mine), hidden(mine)]))).toEqual(['new', 'ongoing', 'ongoing']);
    expect(standings(play([full, hidden('host:abc/mount/*'), hidden('host:abc/*')]))).toEqual([
      'new',
      'ongoing',
      'ongoing',
    ]);
    expect(standings(play([full, hidden('host:abc/mount//data2'), hidden('host:abc/mount//dat')]))).toEqual([
      'new',
      'ongoing',
      'resolved',
    ]);
    expect(standings(play([full, hidden('host:abcd/*'), hidden('host:ab/*')]))).toEqual(['new', 'ongoing', 'resolved']);
  });
});

describe('a check that the runbook no longer asks for', () => {
  it('resolves its findings at once, and says why', () => {
    const [, second] = play([full, { drafts: [], asked: new Set() }]);
    expect(second?.findings[0]).toMatchObject({ standing: 'resolved', resolvedBecause: 'not-asked' });
  });
});

describe('a finding that keeps coming and going', () => {
  const cycle = [full, clean, clean];

  it('is said to flap once, is not new again while it does, and needs more patience to be resolved', () => {
    const comparisons = play([...cycle, ...cycle, full, clean, clean, clean, clean, clean, clean]);
    expect(standings(comparisons)).toEqual([
      'new',
      'ongoing',
      'resolved',
      'new',
      'ongoing',
      'resolved',
      'new',
      'ongoing',
      'ongoing',
      'ongoing',
      'ongoing',
      'ongoing',
      'resolved',
    ]);
    const flapped = comparisons.flatMap(({ events }) => events.filter(({ kind }) => kind === 'flapping'));
    expect(flapped).toHaveLength(1);
  });

  it('is not new when it comes back while it flaps', () => {
    const comparisons = play([...cycle, ...cycle, full, ...Array.from({ length: 6 }, () => clean), full]);
    expect(comparisons.at(-1)?.findings[0]).toMatchObject({ standing: 'ongoing', flapping: true });
  });

  it('is steady again after a day without turns', () => {
    const before = play([...cycle, ...cycle, full]).at(-1)?.findings ?? [];
    expect(before[0]?.flapping).toBe(true);
    const [later] = play([{ ...full, now: 7 * HALF_HOUR + FLAP_WINDOW_MS }], before);
    expect(later?.findings[0]?.flapping).toBe(false);
  });
});

describe('what the operator said of a finding', () => {
  const said = (finding: Finding | undefined, edit: Partial<Finding>): Finding[] =>
    finding === undefined ? [] : [{ ...finding, ...edit }];
  const acknowledgement = { at: 1, reason: null };

  it('an acknowledgement holds until the finding changes', () => {
    const [first] = play([full]);
    const start = said(first?.findings[0], { acknowledgement });
    const [same, worse] = play([full, { drafts: [drafted({ severity: 'critical' })] }], start);
    expect(same?.findings[0]?.acknowledgement).toEqual(acknowledgement);
    expect(worse?.findings[0]?.acknowledgement).toBeNull();
  });

  it('an acknowledgement ends when the finding is resolved', () => {
    const [first] = play([full]);
    const [, resolved] = play([clean, clean], said(first?.findings[0], { acknowledgement }));
    expect(resolved?.findings[0]).toMatchObject({ standing: 'resolved', acknowledgement: null });
  });

  it('a mute ends by itself', () => {
    const [first] = play([full]);
    const [finding] = said(first?.findings[0], { mute: { reason: drafted().draft.title, until: 1_000, at: 0 } });
    expect(finding && dispositionOf(finding, 999)).toBe('muted');
    expect(finding && dispositionOf(finding, 1_000)).toBe('none');
  });
});

it('events name the run', () => {
  expect(play([full])[0]?.events).toEqual([expect.objectContaining({ kind: 'opened', run: RUN })]);
});
