import { describe, expect, it } from 'vitest';
import { terminalNotifier } from '../../src/notify/terminal.ts';
import { aWorld, HOSTILE, never } from '../support/notify/deps.ts';
import { aNotification } from '../support/notify/findings.ts';
import { redactor } from '../support/sighting.ts';

describe('the terminal', () => {
  it('gets a bell and one block', async () => {
    const world = aWorld();
    await terminalNotifier(world, { osc9: false }).send(aNotification(), never);
    expect(world.written).toEqual(['\u{7}heartbeat: 1 new\n  HIGH: /data is 91 % full\n']);
  });

  it('gets no bell for good news', async () => {
    const world = aWorld();
    await terminalNotifier(world, { osc9: false }).send(aNotification({ severity: null }), never);
    expect(world.written.join('')).not.toContain('\u{7}');
  });

  it('gets OSC 9 when it was asked for', async () => {
    const world = aWorld();
    await terminalNotifier(world, { osc9: true }).send(aNotification(), never);
    expect(world.written[0]).toMatch(/^\u{1b}\]9;heartbeat: 1 new\u{7}\u{7}heartbeat/u);
  });

  it('is not steered by hostile words', async () => {
    const world = aWorld();
    for (const text of HOSTILE) {
      const words = redactor.text(text);
      await terminalNotifier(world, { osc9: true }).send(
        aNotification({ title: words, lines: [{ finding: null, severity: 'low', news: 'new', text: words }] }),
        never,
      );
    }
    for (const block of world.written) {
      expect(block.replace(/^\u{1b}\]9;[^\u{7}\u{1b}\n]*\u{7}\u{7}/u, '').split('\n')).toHaveLength(3);
      expect(block.replace(/^\u{1b}\]9;[^\u{7}\u{1b}\n]*\u{7}\u{7}/u, '')).not.toMatch(
        /[\0-\x09\x0b-\x1f\x7f-\x9f\u{202e}]/u,
      );
    }
  });

  it('is a failure where there is none', async () => {
    await expect(
      terminalNotifier(aWorld({ terminal: null }), { osc9: false }).send(aNotification(), never),
    ).rejects.toThrow('no terminal');
  });
});
