import { parseDuration, suggestDuration } from '../domain/duration.ts';
import { excerpt, keyed } from '../domain/excerpt.ts';
import type { Mistake, Place } from '../domain/mistake.ts';
import type { HeartbeatTask } from '../domain/runbook.ts';
import { withoutComments } from './heartbeat-comments.ts';

/** A mistake that does not know its file yet. */
export interface Trouble extends Place {
  readonly level: Mistake['level'];
  readonly code: Mistake['code'];
  readonly message: string;
}

/**
 * The tasks of a HEARTBEAT.md and what would lose one. It is a line scanner and no YAML, as OpenClaw 2026.7.1
 * was seen to read the file (facts/heartbeat-runtimes.md 1.3): a line `tasks:` begins the block, `- name:` a task,
 * and indented `interval:` and `prompt:` belong to it; any other line that is not blank ends the task and the block.
 * What that drops without a word is told in `troubles`.
 */
export function scanTasks(text: string): { tasks: readonly HeartbeatTask[]; troubles: readonly Trouble[] } {
  const scan = new TaskScan();
  withoutComments(text).lines.forEach((line, index) => scan.line(line, index + 1));
  return scan.end();
}

/**
 * The file without its tasks, which is the prose a model is asked: from a line `tasks:` on, blank lines, indented
 * lines and `- name:` lines go. Comments are not looked at here, again as observed.
 */
export function withoutTasks(text: string): string {
  let inBlock = false;
  const kept = text.split(/\r?\n/).filter((line) => {
    const trimmed = line.trim();
    if (!inBlock && trimmed === 'tasks:') {
      inBlock = true;
      return false;
    }
    if (inBlock && (trimmed === '' || /^\s/.test(line) || trimmed.startsWith('- name:'))) return false;
    inBlock = false;
    return true;
  });
  return kept.join('\n');
}

interface OpenTask {
  readonly name: string;
  readonly at: Place;
  interval: string;
  prompt: string;
}

class TaskScan {
  readonly #tasks: HeartbeatTask[] = [];
  readonly #troubles: Trouble[] = [];
  readonly #names = new Set<string>();
  #inBlock = false;
  #task: OpenTask | null = null;
  /** The line that ended a block although it looks like a part of it; what follows is lost because of it. */
  #endedBy: number | null = null;
  /** A `- name:` line outside any block: told only when a field follows it, else it is ordinary prose. */
  #stray: Place | null = null;

  line(line: string, number: number): void {
    const trimmed = line.trim();
    if (trimmed === '') return;
    const at = { line: number, column: line.length - line.trimStart().length + 1 };
    if (trimmed === 'tasks:') {
      this.#finish();
      this.#inBlock = true;
      this.#endedBy = null;
    } else if (this.#inBlock) {
      this.#insideBlock(trimmed, /^[ \t]/.test(line), at);
    } else {
      this.#outsideBlock(trimmed, at);
    }
  }

  end(): { tasks: readonly HeartbeatTask[]; troubles: readonly Trouble[] } {
    this.#finish();
    return { tasks: this.#tasks, troubles: this.#troubles };
  }

  #insideBlock(trimmed: string, indented: boolean, at: Place): void {
    const field = /^(interval|prompt):/.exec(trimmed)?.[1];
    if (trimmed.startsWith('- name:')) {
      this.#finish();
      this.#task = { name: valueAfter('- name:', trimmed), at, interval: '', prompt: '' };
      this.#remarkOnComment('name', this.#task.name, at);
    } else if (this.#task !== null && indented && field === 'interval') {
      this.#task.interval = valueAfter('interval:', trimmed);
      this.#judgeInterval(this.#task.interval, at);
    } else if (this.#task !== null && indented && field === 'prompt') {
      this.#task.prompt = valueAfter('prompt:', trimmed);
      this.#judgePrompt(this.#task.prompt, at);
    } else if (this.#task === null && (field !== undefined || trimmed.startsWith('-'))) {
      this.#tell(
        'error',
        'RUNBOOK_TASK_DROPPED',
        at,
        `${excerpt(trimmed)} belongs to no task; a task begins with "- name:"`,
      );
    } else {
      this.#endBlock(trimmed, indented, at);
    }
  }

  #endBlock(trimmed: string, indented: boolean, at: Place): void {
    const looksLikeTask = indented || trimmed.startsWith('-') || /^(?:interval|prompt):/.test(trimmed);
    const afterBlockScalar = this.#task !== null && BLOCK_SCALAR.test(this.#task.prompt);
    this.#finish();
    this.#inBlock = false;
    if (!looksLikeTask || afterBlockScalar) return;
    this.#endedBy = at.line;
    const key = /^-?\s*([A-Za-z][\w-]*):/.exec(trimmed)?.[1];
    const why =
      key === 'interval' || key === 'prompt'
        ? `"${key}:" must be indented under "- name:"`
        : key === undefined
          ? `${excerpt(trimmed)} is not a field of a task; each is one line`
          : `"${key}:" is not a field of a task (name, interval, prompt)`;
    this.#tell('error', 'RUNBOOK_TASK_DROPPED', at, `${why}; it ends the tasks here`);
  }

  #outsideBlock(trimmed: string, at: Place): void {
    if (trimmed.startsWith('- name:')) {
      const name = excerpt(valueAfter('- name:', trimmed));
      if (this.#endedBy !== null)
        this.#tell(
          'error',
          'RUNBOOK_TASK_DROPPED',
          at,
          `the task ${name} is lost, as line ${this.#endedBy} ended the tasks`,
        );
      else this.#stray = at;
      return;
    }
    if (this.#stray !== null && /^(?:interval|every|prompt|message):/.test(trimmed)) {
      this.#tell(
        'warning',
        'RUNBOOK_TASK_SUSPECT',
        this.#stray,
        'this looks like a task but is read as prose; tasks come after a line that is exactly "tasks:"',
      );
    }
    this.#stray = null;
  }

  #judgeInterval(interval: string, at: Place): void {
    if (parseDuration(interval) !== null) return;
    const better = suggestDuration(interval.replace(/\s#.*$/, ''));
    const advice = better === null ? 'write it like "30m", "2h" or "1h30m"' : `write "interval: ${better}"`;
    this.#tell(
      'error',
      'RUNBOOK_TASK_INTERVAL_INVALID',
      at,
      `${keyed('interval', interval)} is not a duration; ${advice}`,
    );
  }

  #judgePrompt(prompt: string, at: Place): void {
    if (BLOCK_SCALAR.test(prompt)) {
      this.#tell(
        'error',
        'RUNBOOK_TASK_DROPPED',
        at,
        `${keyed('prompt', prompt)} does not begin a block of text here, the prompt would be ${excerpt(prompt)}; write it on one line`,
      );
    } else {
      this.#remarkOnComment('prompt', prompt, at);
    }
  }

  #remarkOnComment(field: string, value: string, at: Place): void {
    if (!/\s#\s/.test(value)) return;
    this.#tell(
      'warning',
      'RUNBOOK_TASK_SUSPECT',
      at,
      `${keyed(field, value)}: what follows "#" is no comment here but part of the value`,
    );
  }

  #finish(): void {
    const task = this.#task;
    this.#task = null;
    if (task === null) return;
    const missing = (['name', 'interval', 'prompt'] as const).filter((field) => task[field] === '');
    if (missing.length > 0) {
      this.#tell(
        'error',
        'RUNBOOK_TASK_DROPPED',
        task.at,
        `the task ${excerpt(task.name)} has no ${missing.join(' and no ')} and would never run`,
      );
      return;
    }
    if (this.#names.has(task.name)) {
      this.#tell(
        'warning',
        'RUNBOOK_TASK_SUSPECT',
        task.at,
        `two tasks are named ${excerpt(task.name)} and share the time of their last run; give each its own name`,
      );
    }
    this.#names.add(task.name);
    this.#tasks.push({ name: task.name, interval: task.interval, prompt: task.prompt });
  }

  #tell(level: Trouble['level'], code: Trouble['code'], at: Place, message: string): void {
    this.#troubles.push({ level, code, ...at, message });
  }
}

const BLOCK_SCALAR = /^[|>][+-]?\d?$/;

function valueAfter(key: string, line: string): string {
  return line
    .slice(key.length)
    .trim()
    .replace(/^["']|["']$/g, '');
}
