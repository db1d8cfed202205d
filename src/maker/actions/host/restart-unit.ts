import * as z from 'zod';
import type { Action, Observed } from '../../../domain/action.ts';
import { seen, unknown } from '../../../domain/failure.ts';
import { noCost } from '../../../domain/money.ts';
import { printable } from '../../../domain/printable.ts';
import { resourceId } from '../../../domain/resource-id.ts';
import type { HostReader, Unit } from '../../../providers/host/reader.ts';
import { createHostWriter } from '../../../providers/host/writer.ts';
import { hostTarget } from './host-target.ts';

const params = z.strictObject({
  unit: z
    .string()
    .regex(/^[A-Za-z0-9:_.@\\-]+\.(service|socket|timer)$/, { error: 'the full name of a unit: nginx.service' })
    .max(255)
    .describe('The full name of the unit, exactly as in `host.units`: `nginx.service`.'),
  scope: z
    .enum(['system', 'user'])
    .default('system')
    .describe("`system`: a unit of the machine; `user`: one of this user's own manager (`systemctl --user`)."),
});
type Params = z.output<typeof params>;

export const action: Action<HostReader, Params> = {
  id: 'host/restart-unit',
  version: 1,
  title: 'Restart a systemd unit',
  description: `Restarts one unit of \`host.units\` and waits until systemd has done so.

Rests on the unit's files (the path and content of the unit file and its drop-ins) and on its invocation, which systemd names anew at every start. So a unit that was started anew since, by a person, by itself after a crash, or by this very plan, makes the plan stale: it is never restarted twice for one reason. A unit in a crash loop can't be restarted so, and a restart would not help it.

A unit of the system needs root, or a polkit rule for \`org.freedesktop.systemd1.manage-units\`; \`scope: user\` needs the user's own manager to run. Without the right it is refused, and never asks for a password. Refuses units that are masked, not found, or refuse a restart by hand. What requires the unit, is bound to it or part of it is listed, as it is restarted or stopped with it.`,
  params,
  settleMs: 3_000,

  async identify(reader, { unit, scope }, { settings }) {
    if (!settings.host.units.includes(unit)) {
      const allowed = settings.host.units.length === 0 ? 'none is set' : settings.host.units.join(', ');
      return unknown(
        'UNIT_NOT_ALLOWED',
        `${unit} is not among the units that may be restarted (host.units in the configuration: ${allowed}).`,
      );
    }
    return seen({
      target: hostTarget(reader),
      resource: resourceId('host', reader.machineId, `unit-${scope}`, unit),
      name: unit,
    });
  },

  async observe(reader, { unit, scope }, { signal }) {
    const found = await reader.unit(unit, scope, signal);
    if (found.status === 'unknown') return found;
    const { loadState, activeState, subState, fragment, definition, invocation, needsReload, canRestart } = found.value;
    return seen({
      identity: loadState === 'not-found' ? null : { fragment, invocation: named(invocation) },
      rests: { files: definition, loadState, needsReload, canRestart },
      shown: { state: `${activeState} (${subState})`, file: fragment },
      version: invocation,
    });
  },

  async preview(_reader, { unit }, observed) {
    const name = printable(unit);

    if (observed.identity === null) return unknown('UNIT_NOT_FOUND', `There is no unit ${name} on this machine.`);
    const { loadState, canRestart, state } = seenOf(observed);
    if (loadState !== 'loaded')
      return unknown(
        'UNIT_NOT_LOADED',
        `${name} can not be restarted, as it is ${loadState}: systemctl status ${name}.`,
      );
    if (!canRestart) return unknown('UNIT_REFUSES', `${name} is set to refuse a restart by hand.`);
    return seen({
      summary: `Restart ${name}`,
      noop: false,
      by: 'computed',
      after: { loadState: 'loaded' },
      shown: { state: 'active, started anew' },
      diff: [`~ ${name}: ${state} -> active, started anew`],
    });
  },

  cost: () => noCost('a process of this machine: nothing is billed for it'),

  risk(_params, { observed }) {
    const { state, needsReload } = seenOf(observed);
    const isUp = state.startsWith('active');
    const reasons = [isUp ? 'it is active, so it is interrupted' : `it is ${state}, so nothing is interrupted`];
    if (needsReload)
      reasons.push(
        'its files changed since systemd read them; what is started is as it was read (systemctl daemon-reload)',
      );
    return { level: isUp ? 'medium' : 'low', reasons };
  },

  destructive: () => false,

  async dependents(reader, { unit, scope }, _observed, { signal }) {
    const found = await reader.unit(unit, scope, signal);
    return found.status === 'unknown'
      ? found
      : seen(found.value.takesAlong.map((other) => `${other} depends on it: it is restarted, or stopped, with it`));
  },

  async apply({ params: { unit, scope }, observed }, { provider, signal }) {
    const came = await createHostWriter(provider).restart(
      { name: unit, scope, invocation: observed.version ?? '' },
      signal,
    );
    const receipt = (after: Unit) => ({
      before: named(observed.version ?? ''),
      after: named(after.invocation),
      state: after.activeState,
    });
    switch (came.status) {
      case 'done':
        return { status: 'done', receipt: receipt(came.unit) };
      case 'down':
        return { status: 'partial', receipt: receipt(came.unit), failure: came.failure };
      case 'unknown':
        return { status: 'unknown', failure: came.failure };
      case 'moved':
      case 'denied':
      case 'failed':
        return { status: 'refused', because: came.status, failure: came.failure };
      default:
        return came satisfies never;
    }
  },

  async verify(reader, { params: { unit, scope }, sealed }, { signal }) {
    const found = await reader.unit(unit, scope, signal);
    if (found.status === 'unknown') return found;
    const { activeState, subState, invocation } = found.value;
    const isNew = named(invocation) !== sealedInvocation(sealed.before.identity);
    return seen({
      asPromised: activeState === 'active' && isNew,
      seen: [`It is ${activeState} (${subState}).`, isNew ? 'It was started anew.' : 'It was not started anew.'],
    });
  },

  undo: () => ({ possible: false, words: 'A restart can not be taken back; what ran before is gone.' }),

  async reconcile(reader, { params: { unit, scope }, sealed }, { signal }) {
    const found = await reader.unit(unit, scope, signal);
    if (found.status === 'unknown') return found;
    const { activeState, subState, invocation } = found.value;
    const before = sealedInvocation(sealed.before.identity);
    const isNew = named(invocation) !== before;
    const receipt = { before, after: named(invocation), state: activeState };
    if (isNew && activeState === 'active') return seen({ status: 'done', receipt });
    if (!isNew && (activeState === 'active' || activeState === 'failed')) return seen({ status: 'not-done' });
    const message = `${unit} is ${activeState} (${subState}) now: see systemctl status ${unit}.`;
    return activeState.endsWith('ing')
      ? unknown('UNIT_ON_ITS_WAY', message)
      : seen({ status: 'partial', receipt, failure: { code: 'UNIT_DOWN', message } });
  },
};

/** An invocation as it is kept: by its first characters, as 32 hex characters read like a key. */
function named(invocation: string): string {
  return invocation === '' ? 'never ran' : invocation.slice(0, 12);
}

function sealedInvocation(identity: unknown): string {
  return z.object({ invocation: z.string() }).parse(identity).invocation;
}

const restsSeen = z.object({ loadState: z.string(), canRestart: z.boolean(), needsReload: z.boolean() });

function seenOf({ rests, shown }: Observed) {
  return { ...restsSeen.parse(rests), ...z.object({ state: z.string() }).parse(shown) };
}
