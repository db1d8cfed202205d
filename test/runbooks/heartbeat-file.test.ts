import { describe, expect, test } from 'vitest';
import { isEffectivelyEmpty } from '../../src/runbooks/heartbeat-empty.ts';
import { scanTasks, withoutTasks } from '../../src/runbooks/heartbeat-tasks.ts';
import { load, mistakesOf } from '../support/runbook-source.ts';

const FILE = 'clawd/HEARTBEAT.md';

const task = (fields: string) => `tasks:\n- name: a\n${fields}`;
const nameOf = async (path: string) => (await load('Look.\n', path)).runbook?.name;

describe('emptiness', () => {
  test.each([
    '',
    '\n\n',
    '# Title\n### More\n',
    '- \n* [ ]\n+ [x] \n',
    '```yaml\n```\n',
    '<!-- a\nb -->\n',
    '<!-- a --> <!-- b -->\n# T',
    '\uFEFF# Title\n',
    '<!-- open\n- real',
  ])('%j asks for nothing', (text) => {
    expect(isEffectivelyEmpty(text)).toBe(true);
  });

  test.each([
    '#nospace',
    '- [x] done',
    '1.',
    '~~~\n~~~',
    '---\n',
    'text <!-- c -->',
    '<!-- c --> text',
    '```\nls\n```',
    'tasks:\n',
    '> \n',
  ])('%j asks for something', (text) => {
    expect(isEffectivelyEmpty(text)).toBe(false);
  });

  test('a file that is not there is not empty', () => {
    expect(isEffectivelyEmpty(null)).toBe(false);
  });
});

describe('tasks', () => {
  test('the block ends at the first line that is none of it, and another may follow', () => {
    const text =
      'Be brief.\ntasks:\n\n  - name: "a"\n    interval: 5m\n\n    prompt: do: a\nStop.\ntasks:\n- name: b\n\tinterval: 1h\n\tprompt: b\n';
    expect(scanTasks(text)).toEqual({
      tasks: [
        { name: 'a', interval: '5m', prompt: 'do: a' },
        { name: 'b', interval: '1h', prompt: 'b' },
      ],
      troubles: [],
    });
    expect(withoutTasks(text)).toBe('Be brief.\nStop.');
  });

  test('the fields may come in any order and the last of each counts', () => {
    expect(scanTasks('tasks:\n- name: a\n  prompt: one\n  interval: 5m\n  prompt: two\n').tasks).toEqual([
      { name: 'a', interval: '5m', prompt: 'two' },
    ]);
  });

  test('a task in a comment is off', () => {
    expect(
      scanTasks('tasks:\n<!-- - name: off\n  interval: 5m\n  prompt: p -->\n- name: on\n  interval: 5m\n  prompt: p\n')
        .tasks,
    ).toEqual([{ name: 'on', interval: '5m', prompt: 'p' }]);
  });

  test.each(['Tasks:', '## tasks:', 'tasks: []'])('%s begins no block', (line) => {
    expect(scanTasks(`${line}\n- name: a\n  interval: 5m\n  prompt: p\n`).tasks).toEqual([]);
  });
});

describe('what would be lost without a word is a mistake', () => {
  test.each([
    [
      'a bad interval',
      task('  interval: hourly\n  prompt: p\n'),
      ['RUNBOOK_TASK_INTERVAL_INVALID 3:3 "interval: hourly" is not a duration; write "interval: 1h"'],
    ],
    [
      'a comment behind an interval',
      task('  interval: 5m # often\n  prompt: p\n'),
      ['RUNBOOK_TASK_INTERVAL_INVALID 3:3 "interval: 5m # often" is not a duration; write "interval: 5m"'],
    ],
    [
      'a comment behind a prompt',
      task('  interval: 5m\n  prompt: look # here\n'),
      ['? RUNBOOK_TASK_SUSPECT 4:3 "prompt: look # here": what follows "#" is no comment here but part of the value'],
    ],
    [
      'no prompt',
      task('  interval: 5m\n'),
      ['RUNBOOK_TASK_DROPPED 2:1 the task "a" has no prompt and would never run'],
    ],
    [
      'no fields',
      task(''),
      ['RUNBOOK_TASK_DROPPED 2:1 the task "a" has no interval and no prompt and would never run'],
    ],
    [
      'a block of text',
      task('  interval: 5m\n  prompt: |\n    Look.\n'),
      [
        'RUNBOOK_TASK_DROPPED 4:3 "prompt: |" does not begin a block of text here, the prompt would be "|"; write it on one line',
      ],
    ],
    [
      'an unknown key',
      task('  interval: 5m\n  model: x\n  prompt: p\n- name: b\n  interval: 5m\n  prompt: p\n'),
      [
        'RUNBOOK_TASK_DROPPED 2:1 the task "a" has no prompt and would never run',
        'RUNBOOK_TASK_DROPPED 4:3 "model:" is not a field of a task (name, interval, prompt); it ends the tasks here',
        'RUNBOOK_TASK_DROPPED 6:1 the task "b" is lost, as line 4 ended the tasks',
      ],
    ],
    [
      'fields that are not indented',
      task('interval: 5m\nprompt: p\n'),
      [
        'RUNBOOK_TASK_DROPPED 2:1 the task "a" has no interval and no prompt and would never run',
        'RUNBOOK_TASK_DROPPED 3:1 "interval:" must be indented under "- name:"; it ends the tasks here',
      ],
    ],
    [
      'an entry without a name',
      'tasks:\n- interval: 5m\n',
      ['RUNBOOK_TASK_DROPPED 2:1 "- interval: 5m" belongs to no task; a task begins with "- name:"'],
    ],
    [
      'two of a name',
      `${task('  interval: 5m\n  prompt: p\n')}- name: a\n  interval: 5m\n  prompt: q\n`,
      [
        '? RUNBOOK_TASK_SUSPECT 5:1 two tasks are named "a" and share the time of their last run; give each its own name',
      ],
    ],
    [
      'tasks outside a block',
      '## Tasks\n- name: a\n  every: 5m\n',
      [
        '? RUNBOOK_TASK_SUSPECT 2:1 this looks like a task but is read as prose; tasks come after a line that is exactly "tasks:"',
      ],
    ],
    [
      'an unclosed comment',
      'Look.\n  <!-- never closed\n- real task\n',
      ['RUNBOOK_COMMENT_UNCLOSED 2:3 this comment is never closed and hides the rest of the file; end it with "-->"'],
    ],
    [
      'an unclosed comment after a closed one',
      '<!-- a --> <!-- b\n- real task\n',
      ['RUNBOOK_COMMENT_UNCLOSED 1:12 this comment is never closed and hides the rest of the file; end it with "-->"'],
    ],
    [
      'nothing at all',
      '# HEARTBEAT.md\n',
      ['? RUNBOOK_EMPTY 1:1 only headings, comments and empty bullets, so a run has nothing to do'],
    ],
  ])('%s', async (_, text, expected) => {
    const said = await mistakesOf(text, FILE);
    expect(said.toSorted()).toEqual(expected.toSorted());
    expect((await load(text, FILE)).runbook === null).toBe(expected.some((each) => !each.startsWith('?')));
  });

  test.each([
    'tasks:\n- name: a\n  interval: 5m\n  prompt: p\n\n# More\n\n- Keep it short.\n',
    '# Heartbeat\n\n- Check https://example.test:8080/healthz\n- name: is no task here\n',
    '## Active Tasks\n\n- [ ] Watch the build\n\n## Completed\n\n- [x] Old one\n',
    '- Watch A\n- Watch B\n',
  ])('and what is fine is not remarked on', async (text) => {
    expect(await mistakesOf(text, FILE)).toEqual([]);
  });
});

describe('as a runbook', () => {
  test('its prose and its tasks are kept apart, and it runs every thirty minutes without checks', async () => {
    const { runbook } = await load('Be brief.\ntasks:\n- name: a\n  interval: 2h\n  prompt: Look.\n', FILE);
    expect(runbook).toMatchObject({
      form: 'heartbeat',
      schedule: { kind: 'every', everyMs: 1_800_000 },
      checks: [],
      instructions: 'Be brief.',
      tasks: [{ name: 'a', interval: '2h', prompt: 'Look.' }],
    });
  });

  test('an empty file asks nothing', async () => {
    expect((await load('# HEARTBEAT.md\n\n<!-- later -->\n', FILE)).runbook).toMatchObject({
      instructions: '',
      tasks: [],
    });
  });

  test('HEARTBEAT.md is called after its folder as well, other files after themselves', async () => {
    expect(await nameOf('clawd/HEARTBEAT.md')).toBe('clawd-heartbeat');
    expect(await nameOf('My Work/HEARTBEAT.md')).toBe('my-work-heartbeat');
    expect(await nameOf('runbooks/heartbeat.md')).toBe('heartbeat');
    expect(await nameOf('runbooks/Prüfung 1.md')).toBe('prufung-1');
    expect(await nameOf('runbooks/日本.md')).toBe('runbook');
  });
});
