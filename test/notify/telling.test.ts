import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/domain/coded-error.ts';
import { createTelling } from '../../src/notify/telling.ts';
import { openDatabase } from '../../src/store/database.ts';
import { aHouse, fails, hangs } from '../support/notify/house.ts';
import { HOUR } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';

const runbook = { notify: [] };

describe('telling after a run', () => {
  it('delivers what is new, once', async () => {
    const house = aHouse();
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    await house.deliverAll();
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    await house.deliverAll();
    expect(house.spoken()).toEqual(['desktop: heartbeat: 1 new']);
    const [notification] = house.book.latest(5);
    expect(house.book.deliveriesOf(notification?.id ?? 'n-')).toMatchObject([
      { way: 'desktop', attempt: 1, outcome: 'delivered', error: null },
    ]);
  });

  it('does not tell again that a run failed when that was told as trouble before', async () => {
    const house = aHouse();
    const report = house.run({});
    const failed = { ...report, run: { ...report.run, status: 'failed', reason: 'timeout' } } as const;
    house.telling.trouble({
      code: 'RUN_FAILED',
      subject: 'heartbeat',
      severity: 'high',
      text: redactor.text('it failed'),
      runbook: null,
      notThrough: [],
    });
    house.telling.afterRun(failed, runbook);
    house.telling.afterRun(report, runbook);
    await house.deliverAll();
    expect(house.spoken()).toEqual(['desktop: holdfast: 1 trouble', 'desktop: holdfast: 1 resolved']);
  });

  it('keeps what goes to the inbox only, and sends nothing', async () => {
    const house = aHouse();
    house.telling.afterRun(house.run({ '/data': 'high' }), { notify: ['inbox'] });
    await house.deliverAll();
    expect(house.sent).toEqual([]);
    expect(house.book.latest(5)).toHaveLength(1);
  });

  it('keeps neither rows nor notification nor job when the process dies while they are written', async () => {
    const house = aHouse();
    const report = house.run({ '/data': 'high' });
    const { telling } = house.begin(house.database);
    const dying = {
      ...house.deps,
      enqueueNow: () => {
        throw new Error('killed');
      },
    };
    expect(() => createTelling(dying).afterRun(report, runbook)).toThrow('killed');
    expect(house.book.latest(5)).toEqual([]);
    expect(await house.queue.list('waiting', 5)).toEqual([]);
    telling.afterRun(report, runbook);
    await house.deliverAll();
    expect(house.sent).toHaveLength(1);
  });

  it('tells at the start what a dead process found and did not tell, and nothing twice', async () => {
    const house = aHouse();
    house.telling.afterRun(house.run({ told: 'high' }), runbook);
    await house.deliverAll();
    house.time.now += HOUR;
    house.run({ told: 'high', untold: 'high' }); // killed before it was routed
    const again = openDatabase(house.path);
    const { telling } = house.begin(again);
    await telling.begin();
    await telling.begin();
    await house.deliverAll();
    again.close();
    expect(house.sent.flatMap(({ notification }) => notification.lines.map(({ text }) => text))).toEqual([
      'told',
      'untold',
    ]);
  });

  it('delivers after a restart what was routed before it', async () => {
    const house = aHouse();
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    house.database.close();
    const again = aHouse({ path: house.path });
    await again.deliverAll();
    expect(again.spoken()).toEqual(['desktop: heartbeat: 1 new']);
  });

  it('does not send again what was recorded as delivered when the process died before the job ended', async () => {
    const house = aHouse();
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    const job = await house.queue.claim(['notify'], 'dead', 1);
    if (job === null) throw new Error('no job');
    await house.telling.deliver(job, new AbortController().signal);
    house.time.now += HOUR;
    await house.deliverAll();
    expect(house.sent).toHaveLength(1);
  });
});

describe('telling while nothing can be kept', () => {
  const lost: string[] = [];
  const full = () => {
    const house = aHouse({ config: { default: ['desktop', 'inbox'] } });
    const disk = { full: true };
    const book: typeof house.book = {
      ...house.book,
      record: (decide, enqueue) => {
        if (disk.full) throw new CodedError('STORE_FULL', 'no room');
        return house.book.record(decide, enqueue);
      },
    };
    const telling = createTelling({ ...house.deps, book, onLost: (text) => void lost.push(text) });
    return { house, telling, disk };
  };
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

  it('sends at once, and not at every beat again', async () => {
    const { house, telling } = full();
    const report = house.run({ '/data': 'critical' });
    for (let beat = 0; beat < 3; beat += 1) expect(() => telling.afterRun(report, runbook)).toThrow('no room');
    await settled();
    expect(house.spoken()).toEqual(['desktop: heartbeat: 1 new']);
  });

  it('goes through the fallback when the way fails, and says what was lost', async () => {
    const { house, telling } = full();
    house.ways['desktop'] = fails;
    expect(() => telling.afterRun(house.run({ '/data': 'critical' }), runbook)).toThrow('no room');
    await settled();
    expect(house.spoken()).toEqual(['terminal: heartbeat: 1 new']);
    expect(lost).toEqual(['heartbeat: 1 new: not told through desktop: the way is blocked']);
  });

  it('tells it once more, and keeps it, when there is room again', async () => {
    const { house, telling, disk } = full();
    const report = house.run({ '/data': 'critical' });
    expect(() => telling.afterRun(report, runbook)).toThrow('no room');
    disk.full = false;
    telling.afterRun(report, runbook);
    await house.deliverAll();
    await settled();
    expect(house.spoken()).toHaveLength(2);
    expect(house.book.latest(5)).toHaveLength(1);
  });

  it('tells it again when it comes back the next time the disk is full', async () => {
    const { house, telling, disk } = full();
    expect(() => telling.afterRun(house.run({ '/data': 'critical' }), runbook)).toThrow('no room');
    disk.full = false;
    telling.afterRun(house.run({}), runbook);
    disk.full = true;
    expect(() => telling.afterRun(house.run({ '/data': 'critical' }), runbook)).toThrow('no room');
    await settled();
    expect(house.spoken()).toEqual(['desktop: heartbeat: 1 new', 'desktop: heartbeat: 1 new']);
  });
});

describe('quiet hours and caps', () => {
  const config = { quietHours: { from: '22:00', to: '07:00', timezone: 'Europe/Berlin' } };

  it('hold back over a restart, and say it when they end, though no runbook runs', async () => {
    const house = aHouse({ config });
    house.time.now = Date.UTC(2026, 10, 20, 22); // 23:00 in Berlin
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    await house.telling.tick();
    await house.deliverAll();
    expect(house.sent).toEqual([]);
    const again = openDatabase(house.path);
    const { telling } = house.begin(again);
    await telling.begin();
    house.time.now = Date.UTC(2026, 10, 21, 5, 59); // 06:59
    await telling.tick();
    expect(house.book.latest(5)).toEqual([]);
    house.time.now = Date.UTC(2026, 10, 21, 6); // 07:00
    await telling.tick();
    await telling.tick();
    await house.deliverAll();
    again.close();
    expect(house.spoken()).toEqual(['desktop: heartbeat: held back, 1 new']);
  });

  it('tell what is critical in them', async () => {
    const house = aHouse({ config });
    house.time.now = Date.UTC(2026, 10, 20, 22);
    house.telling.afterRun(house.run({ db: 'critical', '/data': 'high' }), runbook);
    await house.deliverAll();
    expect(house.sent[0]?.notification.lines.map(({ text }) => text)).toEqual(['db']);
  });

  it('count over a restart, and one summary follows when there is room', async () => {
    const house = aHouse({ config: { caps: { perHour: 2 } } });
    for (const index of [0, 1, 2, 3]) {
      const { telling } = house.begin(house.database);
      house.time.now += index;
      const names = ['a', 'b', 'c', 'd'].slice(0, index + 1).map((one) => [one, 'high'] as const);
      telling.afterRun(house.run(Object.fromEntries(names)), runbook);
    }
    await house.deliverAll();
    await house.telling.tick();
    expect(house.sent).toHaveLength(2);
    house.time.now += HOUR;
    await house.telling.tick();
    await house.deliverAll();
    expect(house.spoken()[2]).toBe('desktop: heartbeat: held back, 2 new');
  });
});

describe('a way out that does not work', () => {
  it('is tried five times, and then the fallback says so', async () => {
    const house = aHouse();
    house.ways['desktop'] = fails;
    const start = house.time.now;
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    await house.deliverAll();
    const [notification] = house.book.latest(5);
    const deliveries = house.book.deliveriesOf(notification?.id ?? 'n-');
    expect(deliveries.map(({ way, attempt, at, outcome }) => [way, attempt, at - start, outcome])).toEqual([
      ['desktop', 1, 0, 'failed'],
      ['desktop', 2, 5_000, 'failed'],
      ['desktop', 3, 20_000, 'failed'],
      ['desktop', 4, 65_000, 'failed'],
      ['desktop', 5, 200_000, 'failed'],
      ['terminal', 1, 200_000, 'delivered'],
    ]);
    expect(deliveries[0]?.error).toBe('the way is blocked');
    expect(house.sent.map(({ way, notification: { lines } }) => [way, lines.map(({ text }) => text)])).toEqual([
      ['terminal', ['not delivered through desktop: the way is blocked', '/data']],
    ]);
  });

  it('and recovers is used as if nothing had been', async () => {
    const house = aHouse();
    house.ways['desktop'] = fails;
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    await house.deliverDue();
    house.ways['desktop'] = async () => undefined;
    await house.deliverAll();
    expect(house.spoken()).toEqual(['desktop: heartbeat: 1 new']);
  });

  it('because it hangs is left at its time limit', async () => {
    const house = aHouse();
    house.ways['desktop'] = hangs;
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    const job = await house.queue.claim(['notify'], 'test', 60_000);
    const end = job && (await house.telling.deliver(job, new AbortController().signal));
    expect(end).toEqual({ failed: 'desktop did not end within 1.05 s' });
  });

  it('while the process is stopped is handed back, not failed', async () => {
    const house = aHouse();
    house.ways['desktop'] = hangs;
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    const job = await house.queue.claim(['notify'], 'test', 60_000);
    const stop = new AbortController();
    const end = job && house.telling.deliver(job, stop.signal);
    stop.abort();
    expect(await end).toBe('handed-back');
    expect(house.book.deliveriesOf(house.book.latest(1)[0]?.id ?? 'n-')).toEqual([]);
  });

  it('and has no fallback is trouble, told through the other ways, once, and its end too', async () => {
    const house = aHouse({ config: { default: ['desktop', 'terminal'], fallback: [] } });
    house.notifiers.waysOf([]);
    house.ways['desktop'] = fails;
    for (const names of [{ a: 'high' }, { a: 'high', b: 'high' }] as const) {
      house.telling.afterRun(house.run(names), runbook);
      await house.deliverAll();
    }
    expect(house.spoken()).toEqual(['terminal: holdfast: 1 trouble']);
    expect(house.sent[0]?.notification.lines[0]?.text).toBe('nothing can be told through desktop: the way is blocked');
    house.ways['desktop'] = async () => undefined;
    house.telling.afterRun(house.run({ a: 'high', b: 'high', c: 'high' }), runbook);
    await house.deliverAll();
    expect(house.spoken().slice(1).toSorted()).toEqual([
      'desktop: heartbeat: 1 new',
      'desktop: holdfast: 1 resolved',
      'terminal: holdfast: 1 resolved',
    ]);
  });

  it('and whose fallbacks fail too is trouble in the end, each way tried in its turn and none twice', async () => {
    const house = aHouse({ config: { fallback: ['terminal', 'log'], ways: { log: { file: { path: '/x' } } } } });
    for (const way of ['desktop', 'terminal', 'log']) house.ways[way] = fails;
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    await house.deliverAll();
    const findings = house.book.latest(50).filter(({ kind }) => kind === 'findings');
    expect(findings).toHaveLength(1);
    const tried = house.book.deliveriesOf(findings[0]?.id ?? 'n-').map(({ way }) => way);
    expect([...new Set(tried)]).toEqual(['desktop', 'terminal', 'log']);
    expect(tried).toHaveLength(15);
    expect(house.book.latest(50).length).toBeLessThanOrEqual(4);
  });

  it('whose last attempt died with its worker falls back at the next start, once', async () => {
    const house = aHouse();
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await house.queue.claim(['notify'], 'dead', 1);
      await house.queue.recover('dead');
    }
    expect(await house.queue.list('dead', 5)).toHaveLength(1);
    for (let start = 0; start < 2; start += 1) await house.begin(house.database).telling.begin();
    await house.deliverAll();
    expect(house.spoken()).toEqual(['terminal: heartbeat: 1 new']);
    expect(house.book.latest(5)).toHaveLength(1);
  });

  it('says no secret when it says why it failed', async () => {
    const house = aHouse();
    redactor.learn('Zx8vQ2mNpL4kR7wY1cDe');
    house.ways['desktop'] = async () => {
      throw new Error('POST https://hooks.example/Zx8vQ2mNpL4kR7wY1cDe failed\u{1b}[2J');
    };
    house.telling.afterRun(house.run({ '/data': 'high' }), runbook);
    await house.deliverAll();
    const kept = JSON.stringify([
      house.book.latest(5),
      house.book.latest(5).map(({ id }) => house.book.deliveriesOf(id)),
      await house.queue.list('dead', 5),
      house.sent,
    ]);
    expect(kept).toContain('hooks.example');
    expect(kept).not.toContain('Zx8vQ2mNpL4kR7wY1cDe');
    expect(kept).not.toContain('\\u001b');
  });
});
