import * as z from 'zod';
import type { Action, ActionContext, StepOutcome } from '../../../domain/action.ts';
import { commandAsJson, type HostCommand } from '../../../domain/action-settings.ts';
import { digestOf } from '../../../domain/digest.ts';
import { seen, unknown, type Looked } from '../../../domain/failure.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { noCost, unknownCost } from '../../../domain/money.ts';
import { printable } from '../../../domain/printable.ts';
import { resourceId } from '../../../domain/resource-id.ts';
import type { HostReader } from '../../../providers/host/reader.ts';
import { createHostWriter, type Ran } from '../../../providers/host/writer.ts';
import { argsParam } from './args-param.ts';
import { commandLine } from './command-line.ts';
import { hostTarget } from './host-target.ts';

const params = z.strictObject({
  command: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,40}$/, { error: 'the name of a command of host.commands' })
    .describe('The name of a command in `host.commands` of the configuration.'),
  args: argsParam().describe('Its parameters by name, each as the configuration lets it be: `{"days": 7}`.'),
});
type Params = z.output<typeof params>;

export const action: Action<HostReader, Params> = {
  id: 'host/run-command',
  version: 1,
  title: 'Run a command that the configuration names',
  description: `Runs one command of \`host.commands\`. What is run is decided by the operator's configuration alone: the plan names a command and gives values for its parameters, each out of a closed set.

An argument of the configuration that is exactly \`{name}\` becomes the value, as one argument. There is no shell. A value that begins with \`-\`, or holds a line break, is refused. The whole argument vector is shown and sealed, with the command's configuration and the program's file (its path, inode, size, time and digest): a changed one makes the plan stale. A script's interpreter, and what a program reads for itself, are not sealed. A program that others may write is refused.

It runs in \`/\`, in a process group of its own, with nothing on its standard input and only PATH, LANG and HOME in its environment. At its \`timeout\` the group is killed. It succeeds with exit code 0; any other leaves the outcome unknown, as only the command knows what it did: \`verify\` in the configuration names one that can tell. Of what it prints at most the end is kept, and only when it fails.`,
  params,
  settleMs: 0,

  async identify(reader, { command }) {
    return seen({
      target: hostTarget(reader),
      resource: resourceId('host', reader.machineId, 'command', command),
      name: command,
    });
  },

  async observe(reader, given, context) {
    const command = commandOf(given, context);
    if (command === null)
      return seen({ identity: null, rests: {}, shown: { command: 'not in the configuration' }, version: null });
    const line = commandLine(command, given.args);
    if (line.status === 'unknown') return line;
    const program = await reader.program(command.argv[0] ?? '');
    if (program.status === 'unknown') return program;
    if (program.value === null)
      return seen({ identity: null, rests: {}, shown: { program: 'not there' }, version: null });
    return seen({
      identity: { ...program.value },
      rests: restsOf(command, line.value, context),
      shown: { command: command.title, program: program.value.path },
      version: null,
    });
  },

  async preview(_reader, given, { identity, rests }, context) {
    const command = commandOf(given, context);
    if (command === null) return notNamed(given.command, context);
    if (identity === null) return unknown('PROGRAM_NOT_FOUND', `${printable(command.argv[0] ?? '')} is not there.`);
    const { argv } = ownRests.parse(rests);
    return seen({
      summary: `Run ${given.command}: ${printable(command.title)}`,
      noop: false,
      by: 'computed',
      after: {},
      shown: { runs: argv, 'ended after': `${command.timeoutMs / 1_000} s at most` },
      diff: argv.map((argument, index) => `${index === 0 ? '$' : ' '} ${JSON.stringify(argument)}`),
    });
  },

  cost: (_given, { observed }) =>
    ownRests.parse(observed.rests).destructive
      ? unknownCost('what the command does is known to the operator alone')
      : noCost('a command of this machine that, by the configuration, destroys nothing'),

  risk(_given, { observed }) {
    const { destructive, verify, undo } = ownRests.parse(observed.rests);
    return {
      level: destructive ? 'high' : 'medium',
      reasons: [
        destructive
          ? 'the configuration says that it destroys something'
          : 'the configuration says that it destroys nothing',
        verify === null
          ? 'its exit code is all there is to judge it by'
          : 'a second command tells whether it took effect',
        undo === null ? 'no command is named that takes it back' : `${undo} takes it back`,
      ],
    };
  },

  destructive: (_given, { observed }) => ownRests.parse(observed.rests).destructive,

  dependents: async () => seen([]),

  async apply({ observed }, { provider, signal }) {
    const { argv, timeoutMs } = ownRests.parse(observed.rests);
    return outcomeOf(await createHostWriter(provider).run({ argv, timeoutMs }, signal), argv[0] ?? '', timeoutMs);
  },

  async verify(reader, { params: given, receipt }, context) {
    const probed = await probe(reader, given, context);
    if (probed === null) {
      const isFine = receipt['exit'] === 0;
      return seen({
        asPromised: isFine,
        seen: [isFine ? 'It ended with exit code 0.' : 'It is not known to have ended with exit code 0.'],
      });
    }
    if (probed.status === 'unknown') return probed;
    return seen({
      asPromised: probed.value === 0,
      seen: [`The command that tells whether it took effect ended with exit code ${probed.value}.`],
    });
  },

  undo(given, { rests }) {
    const { undo } = ownRests.parse(rests);
    return undo === null
      ? { possible: false, words: 'The configuration names no command that takes it back.' }
      : {
          possible: true,
          words: `The command ${undo} takes it back, by the word of the configuration.`,
          draft: { action: 'host/run-command', params: { command: undo, args: given.args } },
        };
  },

  async reconcile(reader, { params: given }, context) {
    const probed = await probe(reader, given, context);
    if (probed === null)
      return unknown(
        'COMMAND_OUTCOME_UNKNOWN',
        `Nobody can say how far ${given.command} came: the configuration names no command that could tell (verify).`,
      );
    if (probed.status === 'unknown') return probed;
    if (probed.value === 0) return seen({ status: 'done', receipt: { exit: null } });
    return seen({
      status: 'partial',
      receipt: { exit: null },
      failure: {
        code: 'COMMAND_NOT_IN_EFFECT',
        message: `${given.command} did not take effect, by the command that tells (exit code ${probed.value}); what it may have done in part is not known.`,
      },
    });
  },
};

const ownRests = z.object({
  argv: z.array(z.string()),
  timeoutMs: z.number(),
  destructive: z.boolean(),
  undo: z.string().nullable(),
  verify: z.string().nullable(),
});

/** The command's configuration by its digest, that of the one that verifies it too, and what is run in full. */
function restsOf(command: HostCommand, argv: readonly string[], { settings }: ActionContext): JsonObject {
  const verifier = command.verify === null ? null : named(command.verify, settings.host.commands);
  return {
    configuration: digestOf('host-command', [
      commandAsJson(command),
      verifier === null ? null : commandAsJson(verifier),
    ]),
    argv,
    timeoutMs: command.timeoutMs,
    destructive: command.destructive,
    undo: command.undo,
    verify: command.verify,
  };
}

function commandOf({ command }: Params, { settings }: ActionContext): HostCommand | null {
  return named(command, settings.host.commands);
}

function named(name: string, commands: Readonly<Record<string, HostCommand>>): HostCommand | null {
  return Object.hasOwn(commands, name) ? (commands[name] ?? null) : null;
}

function notNamed(name: string, { settings }: ActionContext): Looked<never> {
  const known = Object.keys(settings.host.commands).toSorted();
  return unknown(
    'COMMAND_NOT_ALLOWED',
    `There is no command ${name} (host.commands in the configuration: ${known.length === 0 ? 'none is set' : known.join(', ')}).`,
  );
}

/** Asks the command that tells; null: none is named. */
async function probe(reader: HostReader, given: Params, context: ActionContext): Promise<Looked<number> | null> {
  const verify = commandOf(given, context)?.verify ?? null;
  if (verify === null) return null;
  const command = named(verify, context.settings.host.commands);
  if (command === null)
    return unknown('COMMAND_NOT_ALLOWED', `There is no command ${verify} in host.commands of the configuration.`);
  const line = commandLine(command, given.args);
  if (line.status === 'unknown') return line;
  return reader.probe({ argv: line.value, timeoutMs: command.timeoutMs }, context.signal);
}

function outcomeOf(ran: Ran, program: string, timeoutMs: number): StepOutcome {
  if (ran.status === 'not-started') {
    const failure = {
      code: 'COMMAND_NOT_STARTED',
      message: `${printable(program)} could not be started (${ran.code}).`,
    };
    return { status: 'refused', because: ran.code === 'EACCES' || ran.code === 'EPERM' ? 'denied' : 'failed', failure };
  }
  if (ran.status === 'ended' && ran.exit === 0) return { status: 'done', receipt: { exit: 0 } };
  const how = ran.status === 'ended' ? `ended with exit code ${ran.exit}` : KILLED[ran.why](timeoutMs);
  const code = ran.status === 'ended' ? 'COMMAND_FAILED' : 'COMMAND_KILLED';
  return { status: 'unknown', failure: { code, message: `${printable(program)} ${how}.${tailWords(ran)}` } };
}

const KILLED: Readonly<Record<'timeout' | 'aborted' | 'signal', (timeoutMs: number) => string>> = {
  timeout: (timeoutMs) => `did not end within ${timeoutMs / 1_000} s and was killed with all it had started`,
  aborted: () => 'was killed, as the work was stopped',
  signal: () => 'was killed by a signal from elsewhere',
};

/** The end of what it said; the gate redacts it before it is kept or shown. */
function tailWords({ output, errors }: { readonly output: string; readonly errors: string }): string {
  const said = (errors.trim() === '' ? output : errors).trim();
  return said === '' ? '' : ` It said at the end: ${printable(said.slice(-TAIL_KEPT).replaceAll(/\s+/g, ' '))}`;
}

const TAIL_KEPT = 500;
