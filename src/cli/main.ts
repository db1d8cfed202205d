import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import type { Surroundings } from '../app/surroundings.ts';
import { CodedError } from '../domain/coded-error.ts';
import { EXIT, type Door } from './door.ts';
import { addComplete, buildProgram, type Act, type CommandName } from './program.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const ownTerminal = processTerminal();
for (const stream of [process.stdout, process.stderr]) stream.on('error', leaveOnBrokenPipe);
// Node ends with 13 when nothing is left that could settle the line below, and 13 says that a plan failed.
process.exitCode = EXIT.internal;
const code = await main(ownTerminal);
await ownTerminal.flushed();
// A check that ignores its signal may hold the process open: what is to be said has been said.
process.exit(code);

async function main(terminal: Terminal): Promise<number> {
  let exit: number = EXIT.done;
  const act: Act = async (name, args, options, shared) => {
    const door: Door = { surroundings: await lookAround(), terminal, options: shared };
    exit = await (await commandOf(name))(door, args, options);
  };
  const program = buildProgram(ownVersion(), act);
  addComplete(program, act);
  try {
    everyCommand(program, (command) => {
      command.exitOverride();
      command.configureOutput({ outputError: () => undefined });
    });
    await program.parseAsync(process.argv);
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    const { tell } = await import('./tell-error.ts');
    return tell(error instanceof CommanderError ? usageError(error) : error, terminal, process.argv);
  }
}

function everyCommand(
  command: ReturnType<typeof buildProgram>,
  edit: (command: ReturnType<typeof buildProgram>) => void,
): void {
  edit(command);
  for (const sub of command.commands) everyCommand(sub, edit);
}

/** Commander's own words, without its prefix. */
function usageError(error: CommanderError): CodedError {
  const [first = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
  return new CodedError('USAGE', first, { next: hints.join(' ').replaceAll(/^\(|\)$/g, '') || 'holdfast --help' });
}

type Command = (door: Door, args: readonly string[], options: Readonly<Record<string, unknown>>) => Promise<number>;

async function commandOf(name: CommandName): Promise<Command> {
  switch (name) {
    case 'init':
      return (await import('./commands/init.ts')).init;
    case 'run':
      return (await import('./commands/run.ts')).run;
    case 'runs':
      return (await import('./commands/runs.ts')).runs;
    case 'runs show':
      return (await import('./commands/runs.ts')).runsShow;
    case 'findings':
      return (await import('./commands/findings.ts')).findings;
    case 'findings show':
      return (await import('./commands/findings.ts')).findingsShow;
    case 'findings mute':
      return (await import('./commands/findings.ts')).findingsMute;
    case 'findings unmute':
      return (await import('./commands/findings.ts')).findingsUnmute;
    case 'findings ack':
      return (await import('./commands/findings.ts')).findingsAck;
    case 'findings mute-rule add':
      return (await import('./commands/mute-rule.ts')).muteRuleAdd;
    case 'findings mute-rule list':
      return (await import('./commands/mute-rule.ts')).muteRuleList;
    case 'findings mute-rule remove':
      return (await import('./commands/mute-rule.ts')).muteRuleRemove;
    case 'checks list':
      return (await import('./commands/checks.ts')).checksList;
    case 'checks show':
      return (await import('./commands/checks.ts')).checksShow;
    case 'checks run':
      return (await import('./commands/checks-run.ts')).checksRun;
    case 'runbook lint':
      return (await import('./commands/runbook-lint.ts')).runbookLint;
    case 'runbook list':
      return (await import('./commands/runbook.ts')).runbookList;
    case 'runbook show':
      return (await import('./commands/runbook.ts')).runbookShow;
    case 'runbook new':
      return (await import('./commands/runbook-new.ts')).runbookNew;
    case 'runbook next':
      return (await import('./commands/runbook-next.ts')).runbookNext;
    case 'up':
      return (await import('./commands/up.ts')).up;
    case 'status':
      return (await import('./commands/status.ts')).status;
    case 'pause':
      return (await import('./commands/pause.ts')).pause;
    case 'resume':
      return (await import('./commands/pause.ts')).resume;
    case 'notify test':
      return (await import('./commands/notify-test.ts')).notifyTest;
    case 'cost':
      return (await import('./commands/cost-report.ts')).cost;
    case 'cost estimate':
      return (await import('./commands/cost.ts')).costEstimate;
    case 'ask':
      return (await import('./commands/ask.ts')).ask;
    case 'research':
      return (await import('./commands/research.ts')).research;
    case 'models list':
      return (await import('./commands/models.ts')).modelsList;
    case 'models test':
      return (await import('./commands/models.ts')).modelsTest;
    case 'models use':
      return (await import('./commands/models.ts')).modelsUse;
    case 'egress list':
      return (await import('./commands/egress.ts')).egressList;
    case 'egress show':
      return (await import('./commands/egress.ts')).egressShow;
    case 'topology':
      return (await import('./commands/topology.ts')).topology;
    case 'audit list':
      return (await import('./commands/audit.ts')).auditList;
    case 'audit show':
      return (await import('./commands/audit.ts')).auditShow;
    case 'audit verify':
      return (await import('./commands/audit.ts')).auditVerify;
    case 'audit export':
      return (await import('./commands/audit.ts')).auditExport;
    case 'actions list':
      return (await import('./commands/actions.ts')).actionsList;
    case 'actions show':
      return (await import('./commands/actions.ts')).actionsShow;
    case 'plan create':
      return (await import('./commands/plan-create.ts')).planCreate;
    case 'plan import':
      return (await import('./commands/plan-create.ts')).planImport;
    case 'plan undo':
      return (await import('./commands/plan-create.ts')).planUndo;
    case 'plan approve':
      return (await import('./commands/plan-approve.ts')).planApprove;
    case 'plan list':
      return (await import('./commands/plan.ts')).planList;
    case 'plan show':
      return (await import('./commands/plan.ts')).planShow;
    case 'plan diff':
      return (await import('./commands/plan.ts')).planDiffShow;
    case 'plan challenge':
      return (await import('./commands/plan.ts')).planChallenge;
    case 'plan reject':
      return (await import('./commands/plan.ts')).planReject;
    case 'plan revoke':
      return (await import('./commands/plan.ts')).planRevoke;
    case 'plan withdraw':
      return (await import('./commands/plan.ts')).planWithdraw;
    case 'plan resume':
      return (await import('./commands/plan.ts')).planResume;
    case 'plan abandon':
      return (await import('./commands/plan.ts')).planAbandon;
    case 'plan wait':
      return (await import('./commands/plan.ts')).planWait;
    case 'plan export':
      return (await import('./commands/plan.ts')).planExport;
    case 'hold':
      return (await import('./commands/hold.ts')).hold;
    case 'release':
      return (await import('./commands/hold.ts')).release;
    case 'policy lint':
      return (await import('./commands/policy.ts')).policyLint;
    case 'policy test':
      return (await import('./commands/policy.ts')).policyTest;
    case 'policy explain':
      return (await import('./commands/policy.ts')).policyExplain;
    case 'policy trust':
      return (await import('./commands/policy.ts')).policyTrust;
    case 'policy untrust':
      return (await import('./commands/policy.ts')).policyUntrust;
    case 'baseline show':
      return (await import('./commands/baseline.ts')).baselineShow;
    case 'baseline diff':
      return (await import('./commands/baseline.ts')).baselineDiff;
    case 'baseline accept':
      return (await import('./commands/baseline.ts')).baselineAccept;
    case 'baseline history':
      return (await import('./commands/baseline.ts')).baselineHistoryShow;
    case 'doctor':
      return (await import('./commands/doctor.ts')).doctor;
    case 'backup':
      return (await import('./commands/backup.ts')).backup;
    case 'restore':
      return (await import('./commands/backup.ts')).restore;
    case 'completion':
      return (await import('./commands/completion.ts')).completion;
    case 'complete':
      return (await import('./commands/completion.ts')).complete;
  }
}

/** `--help` must not wait for what only a command needs. */
async function lookAround(): Promise<Surroundings> {
  const [{ randomBytes }, { homedir, userInfo }] = await Promise.all([import('node:crypto'), import('node:os')]);
  return {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    user: userName(userInfo),
    platform: process.platform,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    random: (size) => randomBytes(size),
    version: ownVersion(),
  };
}

/** An account that the system has no name for (a container's bare uid) is told by its number. */
function userName(userInfo: () => { readonly username: string }): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function ownVersion(): string {
  const file: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof file === 'object' && file !== null && 'version' in file ? String(file.version) : 'unknown';
}

/** `holdfast findings | head`: the reader has gone, there is nobody left to tell. */
function leaveOnBrokenPipe(error: Error): void {
  if ('code' in error && error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
}
