import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/domain/finding.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../../src/domain/severity.ts';
import { compare, FLAP_WINDOW_MS } from '../../src/domain/standing.ts';
import type { Routing, Told } from '../../src/domain/told.ts';
import { routeHeld, routeRun } from '../../src/notify/route.ts';
import { aReport, HOUR, keep, moment, rules } from '../support/notify/findings.ts';
import { drafted, sighting } from '../support/sighting.ts';

const NAMES = ['a', 'b', 'c'] as const;

interface Beat {
  readonly afterMs: number;
  readonly quiet: boolean;
  /** The severity of what each look found; null: nothing. */
  readonly seen: readonly (Severity | null)[];
  /** The process died before anything was told. */
  readonly killed: boolean;
  readonly disposition: 'none' | 'mute' | 'acknowledge';
}

const beats = fc.array(
  fc.record<Beat>({
    afterMs: fc.constantFrom(60_000, 30 * 60_000, 3 * HOUR, 26 * HOUR),
    quiet: fc.boolean(),
    seen: fc.array(fc.option(fc.constantFrom(...SEVERITIES)), { minLength: 3, maxLength: 3 }),
    killed: fc.boolean(),
    disposition: fc.constantFrom('none', 'none', 'none', 'mute', 'acknowledge'),
  }),
  { maxLength: 40 },
);

/** A machine that beats, tells and is killed; what the operator heard is written down as a person would. */
class World {
  now = 0;
  findings: readonly Finding[] = [];
  rows: readonly Told[] = [];
  /** What the operator believes to be open, with the worst severity that was told, and when it was last spoken of. */
  readonly believed = new Map<string, { severity: Severity; at: number }>();
  /** Ended while they were muted: who muted them asked not to hear of it. */
  readonly endedMuted = new Set<string>();
  readonly complaints: string[] = [];
  readonly sent: { readonly at: number; readonly critical: boolean }[] = [];

  beat(beat: Beat): void {
    this.now += beat.afterMs;
    const drafts = beat.seen.flatMap((severity, index) =>
      severity === null ? [] : [drafted({ severity, resource: NAMES[index] ?? 'x', title: NAMES[index] ?? 'x' })],
    );
    const comparison = compare(this.findings, sighting({ now: this.now, drafts }), { resolveAfter: 1 });
    const kept = new Map(this.findings.map((finding) => [finding.key, finding]));
    for (const finding of comparison.findings) kept.set(finding.key, finding);
    this.findings = [...kept.values()].map((finding) => this.disposed(finding, beat));
    const report = comparison.findings.map(
      (finding) => this.findings.find(({ key }) => key === finding.key) ?? finding,
    );
    for (const { standing, mute, title } of report) {
      if (standing !== 'resolved' || mute === null || mute.until <= this.now) continue;
      if (!beat.killed) this.believed.delete(title);
      this.endedMuted.add(title);
    }
    if (!beat.killed) this.keep(routeRun(aReport(report), this.rows, ['desktop'], rules, this.moment(beat.quiet)));
  }

  tick(quiet: boolean): void {
    const held = this.rows.filter(({ heldSince }) => heldSince !== null);
    const findings = this.findings.filter(({ key }) => held.some((row) => row.key === key));
    this.keep(routeHeld(findings, held, () => ['desktop'], rules, this.moment(quiet)));
  }

  restart(): void {
    const findings = this.findings.filter(
      ({ key, standing }) => standing !== 'resolved' || this.rows.some((row) => row.key === key),
    );
    this.keep(routeHeld(findings, this.rows, () => ['desktop'], rules, this.moment(false)));
  }

  private disposed(finding: Finding, { disposition }: Beat): Finding {
    if (finding.standing === 'resolved' || disposition === 'none') return finding;
    if (disposition === 'acknowledge') return { ...finding, acknowledgement: { at: this.now, reason: null } };
    return { ...finding, mute: { reason: finding.title, until: this.now + 2 * HOUR, at: this.now } };
  }

  private moment(quiet: boolean) {
    const since = (ms: number): number => this.sent.filter(({ at }) => at > this.now - ms).length;
    return moment({ now: this.now, quiet, lately: { lastHour: since(HOUR), lastDay: since(24 * HOUR) } });
  }

  private keep(routing: Routing): void {
    for (const { notification } of routing.messages) {
      this.sent.push({ at: this.now, critical: notification.severity === 'critical' });
      for (const { news, severity, text } of notification.lines) this.hear(news, severity, text);
    }
    this.rows = keep(this.rows, routing);
  }

  private hear(news: string, severity: Severity, name: string): void {
    const known = this.believed.get(name);
    switch (news) {
      case 'new':
        if (known !== undefined && !this.endedMuted.has(name)) this.complaints.push(`${name} is new twice`);
        break;
      case 'raised':
        if (known === undefined || isAtLeast(known.severity, severity))
          this.complaints.push(`${name} did not get worse`);
        break;
      case 'still':
        if (this.now - (known?.at ?? this.now) < (rules.repeat[severity] ?? Number.POSITIVE_INFINITY))
          this.complaints.push(`${name} reminded too early`);
        break;
      case 'resolved':
        if (known === undefined && !this.endedMuted.has(name))
          this.complaints.push(`the end of ${name} told, not the beginning`);
        this.endedMuted.delete(name);
        this.believed.delete(name);
        return;
    }
    this.endedMuted.delete(name);
    this.believed.set(name, { severity, at: this.now });
  }
}

describe('routing, whatever happens', () => {
  it('tells nothing twice without a change, and keeps to the caps', () => {
    fc.assert(
      fc.property(beats, (history) => {
        const world = new World();
        for (const beat of history) {
          world.beat(beat);
          world.tick(beat.quiet);
        }
        expect(world.complaints).toEqual([]);
        for (const { at, critical } of world.sent) {
          const hour = world.sent.filter((other) => other.at <= at && other.at > at - HOUR).length;
          expect(hour).toBeLessThanOrEqual(critical ? rules.caps.criticalPerHour : rules.caps.perHour);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['a restart', 'one more beat'])('leaves nothing untold after %s', (how) => {
    fc.assert(
      fc.property(beats, (history) => {
        const world = new World();
        for (const beat of history) {
          world.beat(beat);
          world.tick(beat.quiet);
        }
        // Mutes end, what flaps settles, the caps have room; nothing else changes.
        const last = history.at(-1)?.seen ?? [null, null, null];
        for (let step = 0; step < 4; step += 1)
          world.beat({
            afterMs: FLAP_WINDOW_MS + HOUR,
            quiet: false,
            seen: last,
            killed: how === 'a restart',
            disposition: 'none',
          });
        if (how === 'a restart') world.restart();
        const open = world.findings.filter(
          ({ standing, acknowledgement, severity }) =>
            standing !== 'resolved' && acknowledgement === null && isAtLeast(severity, rules.minSeverity),
        );
        for (const finding of open) {
          const known = world.believed.get(finding.title);
          expect(
            known !== undefined && isAtLeast(known.severity, finding.severity),
            `${finding.title} was never told`,
          ).toBe(true);
        }
        for (const name of [...world.believed.keys()].filter((key) => !world.endedMuted.has(key)))
          expect(
            world.findings.find(({ title }) => title === name)?.standing,
            `${name} is believed to be open`,
          ).not.toBe('resolved');
      }),
      { numRuns: 1000 },
    );
  });
});
