import type { Check, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import type { HostReader, ProcessTable, StrandedProcess } from '../../providers/host/reader.ts';
import { KEPT, processFacts, processSample } from './processes-facts.ts';
import { judgeWaiting, judgeZombies } from './processes-judgement.ts';
import { processParams, type ProcessParams } from './processes-params.ts';

export const check: Check<HostReader, ProcessParams> = {
  id: 'host/processes',
  title: 'Zombies and stuck processes',
  keywords: ['process', 'zombie', 'stuck', 'hung', 'defunct'],
  description: `Looks through all processes for zombies, which ended and whose parent took no notice, and for those in uninterruptible sleep (state \`D\`), which no signal reaches, not even \`kill -9\`.

Reports, by the name of the program:
- **zombies** (low; medium from ${KEPT} on) when a program has \`zombies\` or more that were there at a look at least \`lasting\` ago, and still are. The program named is their parent, where the fault is.
- **waiting** (medium; high from an hour on) when a process has been in that state for \`lasting\` or longer without having run in between: it was so at an earlier look, it is the same one by pid and start, and the kernel's count of its context switches stands where it stood. One that is merely busy with a slow disk moves on, and so is none. One that waits for its child by vfork(2) is in this state too, and is told when it does so for that long.

The first look only remembers. Of a process its main thread is looked at. Threads of the kernel are left out. Where the kernel hides the processes of other users from this one (\`hidepid\`), the rest of them is unknown; so is everything on macOS and Windows. Tried against the real /proc of a machine, with processes brought into either state.`,
  standalone: true,
  params: processParams,
  timeoutMs: 30_000,

  async read(reader, _params, { signal }) {
    const all = { resource: everyResource('host', reader.machineId, 'process'), name: 'processes' };
    const table = await reader.processTable(signal);
    if (table.status === 'unknown') return [{ status: 'unknown', ...all, failure: table.failure }];
    const seen = byProgram(table.value).map(
      (facts): Seen => ({
        status: 'seen',
        resource: resourceId('host', reader.machineId, 'process', facts.program),
        name: printable(facts.program),
        facts,
      }),
    );
    const { hidden } = table.value;
    return hidden === null
      ? seen
      : [...seen, { status: 'unknown', ...all, failure: { code: 'PROCESSES_HIDDEN', message: hidden } }];
  },

  judge(seen, params, history) {
    const facts = processFacts.parse(seen.facts);
    return [judgeZombies(facts, params, history), judgeWaiting(facts, params, history)].filter(
      (draft) => draft !== null,
    );
  },

  sample: (seen) => processSample.parse(seen.facts),
};

/** Only programs that have something to show. */
function byProgram({ source, stranded }: ProcessTable) {
  const zombies = Map.groupBy(
    stranded.filter(({ state }) => state === 'zombie'),
    ({ parentProgram }) => nameOf(parentProgram),
  );
  const waiting = Map.groupBy(
    stranded.filter(({ state }) => state === 'waiting'),
    ({ program }) => nameOf(program),
  );
  return [...new Set([...zombies.keys(), ...waiting.keys()])].toSorted().map((program) => {
    const own = (zombies.get(program) ?? []).toSorted(byStart);
    return processFacts.parse({
      source,
      program,
      zombies: own.length,
      zombieKeys: own.slice(0, KEPT).map(keyOf),
      parents: [...Map.groupBy(own, ({ parent }) => parent)]
        .map(([pid, children]) => `pid ${pid}: ${children.length}`)
        .slice(0, 10),
      children: [...new Set(own.map((zombie) => nameOf(zombie.program)))].slice(0, 10),
      waiting: (waiting.get(program) ?? [])
        .toSorted(byStart)
        .slice(0, KEPT)
        .map((process) => ({ key: keyOf(process), pid: process.pid, switches: process.switches })),
    });
  });
}

function keyOf({ pid, start }: StrandedProcess): string {
  return `${pid}:${start}`;
}

function byStart(a: StrandedProcess, b: StrandedProcess): number {
  return Number(a.start) - Number(b.start) || a.pid - b.pid;
}

/** A program may give itself an empty name. */
function nameOf(program: string): string {
  return program === '' ? '(no name)' : program;
}
