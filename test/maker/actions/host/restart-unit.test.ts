import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { action as restart } from '../../../../src/maker/actions/host/restart-unit.ts';
import { RESTARTED, standIn, type UnitState } from '../../../support/host-actions/systemctl.ts';
import { applied, done, inHand, parsed, refusal, sealed, valueOf, world } from '../../../support/host-actions/steps.ts';
import { tempFolder } from '../../../support/temp.ts';

const WEB = { unit: 'web.service' };

function machine(state: UnitState = {}) {
  const systemctl = standIn(tempFolder(), state);
  return { systemctl, at: world({ units: ['web.service'] }, { env: systemctl.env }) };
}

test('restarts the unit with a fixed argument vector, once, and sees that it was started anew', async () => {
  const { systemctl, at } = machine();
  const { receipt, verified, step } = await done(restart, WEB, at);
  expect(receipt).toEqual({ before: '1ea09c927573', after: 'c0ffee927573', state: 'active' });
  expect(verified).toEqual({ asPromised: true, seen: ['It is active (running).', 'It was started anew.'] });
  expect(systemctl.calls()).toContain('--system --no-ask-password --no-pager restart -- web.service');
  expect(systemctl.restarts()).toBe(1);
  expect(step).toMatchObject({
    resource: 'host:test/unit-system/web.service',
    risk: { level: 'medium', reasons: ['it is active, so it is interrupted'] },
    destructive: false,
    undo: { possible: false },
  });
});

test("asks this user's own manager when the scope says so", async () => {
  const { systemctl, at } = machine();
  await done(restart, { ...WEB, scope: 'user' }, at);
  expect(systemctl.calls()).toContain('--user --no-ask-password --no-pager restart -- web.service');
});

test('is stale once the unit was started anew, so that one reason never restarts twice', async () => {
  const { systemctl, at } = machine();
  const { step } = await done(restart, WEB, at);
  expect(await applied(restart, step, at)).toBe('stale');
  expect(systemctl.restarts()).toBe(1);
});

test('is refused by the writer too, when it was started anew after the last look', async () => {
  const { systemctl, at } = machine();
  const hand = await inHand(restart, await sealed(restart, WEB, at), at);
  if (hand === null) throw new Error('stale too early');
  systemctl.becomes(RESTARTED);
  expect(await restart.apply(hand, at.context)).toMatchObject({
    status: 'refused',
    because: 'moved',
    failure: { code: 'UNIT_MOVED' },
  });
  expect(systemctl.restarts()).toBe(0);
});

test('is stale when the unit file was edited, and not when the unit merely failed', async () => {
  const { systemctl, at } = machine();
  const step = await sealed(restart, WEB, at);
  systemctl.becomes({ ActiveState: 'failed', SubState: 'failed' });
  expect(await inHand(restart, step, at)).not.toBeNull();
  writeFileSync(systemctl.fragment, '[Service]\nExecStart=/tmp/evil\n');
  expect(await inHand(restart, step, at)).toBeNull();
});

describe('what comes of it when systemd says no', () => {
  test.each<[string, UnitState, object]>([
    [
      'without the right, as polkit says it',
      {
        restart: {
          exit: 1,
          says: 'Failed to restart web.service: Interactive authentication required.\nSee system logs',
          leaves: {},
        },
      },
      {
        status: 'refused',
        because: 'denied',
        failure: { code: 'RESTART_DENIED', message: expect.stringContaining('polkit') },
      },
    ],
    [
      'without the right, as the bus says it',
      { restart: { exit: 4, says: 'Failed to restart web.service: Access denied', leaves: {} } },
      { status: 'refused', because: 'denied' },
    ],
    [
      'for a reason of its own',
      { restart: { exit: 1, says: 'Failed to restart web.service: Transaction is destructive.', leaves: {} } },
      { status: 'refused', because: 'failed', failure: { code: 'RESTART_REFUSED' } },
    ],
    [
      'as it stopped and did not start again',
      {
        restart: {
          exit: 1,
          says: 'Job for web.service failed because the control process exited with error code.',
          leaves: { ...RESTARTED, ActiveState: 'failed', SubState: 'failed' },
        },
      },
      {
        status: 'partial',
        receipt: { state: 'failed' },
        failure: { code: 'UNIT_DOWN', message: expect.stringContaining('journalctl') },
      },
    ],
  ])('%s', async (_, state, outcome) => {
    const { at } = machine(state);
    expect(await applied(restart, await sealed(restart, WEB, at), at)).toMatchObject(outcome);
  });

  test('a restart that is given up is unknown: systemd may still be at it', async () => {
    const systemctl = standIn(tempFolder(), { restart: { sleep: 30 } });
    const stop = new AbortController();
    const at = world({ units: ['web.service'] }, { env: systemctl.env, signal: stop.signal });
    const hand = await inHand(restart, await sealed(restart, WEB, at), at);
    if (hand === null) throw new Error('stale too early');
    const outcome = restart.apply(hand, at.context);
    while (systemctl.restarts() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort();
    expect(await outcome).toMatchObject({ status: 'unknown', failure: { code: 'RESTART_PENDING' } });
  });
});

describe('a plan is not made', () => {
  test.each<[string, UnitState, string]>([
    ['of a unit that is not there', { show: { LoadState: 'not-found' } }, 'UNIT_NOT_FOUND'],
    ['of a masked unit', { show: { LoadState: 'masked' } }, 'UNIT_NOT_LOADED'],
    ['of a unit that refuses it', { show: { RefuseManualStop: 'yes' } }, 'UNIT_REFUSES'],
    [
      'where systemd does not run',
      { unreachable: "System has not been booted with systemd as init system (PID 1). Can't operate.\n" },
      'SYSTEMD_UNREACHABLE',
    ],
    ['on an answer in no known form', { show: { Id: '', LoadState: '' } }, 'SYSTEMCTL_ANSWER'],
  ])('%s', async (_, state, code) => {
    expect(await refusal(restart, WEB, machine(state).at)).toBe(code);
  });

  test('of a unit that the configuration does not name, however like it the name is', async () => {
    const { systemctl } = machine();
    for (const unit of ['db.service', 'web.socket', 'web@1.service'])
      expect(await refusal(restart, { unit }, world({ units: ['web.service'] }, { env: systemctl.env }))).toBe(
        'UNIT_NOT_ALLOWED',
      );
    expect(await refusal(restart, WEB, world({}, { env: systemctl.env }))).toBe('UNIT_NOT_ALLOWED');
  });

  test.each(['web', 'web.target', '--force.service/x', 'a b.service', 'web.service\n'])(
    'of %j, which is no name of a unit',
    async (unit) => {
      expect(() => parsed(restart, { unit })).toThrow('full name');
    },
  );
});

test('what depends on it is listed', async () => {
  const { at } = machine({ show: { RequiredBy: 'shop.service api.service', ConsistsOf: 'web-worker.service' } });
  expect((await sealed(restart, WEB, at)).dependents).toEqual([
    'api.service depends on it: it is restarted, or stopped, with it',
    'shop.service depends on it: it is restarted, or stopped, with it',
    'web-worker.service depends on it: it is restarted, or stopped, with it',
  ]);
});

test('after a crash it is read what became of it', async () => {
  const { systemctl, at } = machine();
  const hand = await inHand(restart, await sealed(restart, WEB, at), at);
  if (hand === null || restart.reconcile === undefined) throw new Error('stale too early');
  const { reconcile } = restart;
  const read = () => reconcile(at.reader, hand, at.context);
  expect(valueOf(await read())).toEqual({ status: 'not-done' });
  systemctl.becomes({ ActiveState: 'deactivating', SubState: 'stop-sigterm' });
  expect(await read()).toMatchObject({ status: 'unknown', failure: { code: 'UNIT_ON_ITS_WAY' } });
  systemctl.becomes({ ...RESTARTED, ActiveState: 'failed' });
  expect(valueOf(await read())).toMatchObject({ status: 'partial', failure: { code: 'UNIT_DOWN' } });
  systemctl.becomes(RESTARTED);
  expect(valueOf(await read())).toMatchObject({ status: 'done', receipt: { after: 'c0ffee927573' } });
});
