import type { Door } from './door.ts';
import type { CommandName } from './program.ts';

type Command = (door: Door, args: readonly string[], options: Readonly<Record<string, unknown>>) => Promise<number>;

/** What a command does, loaded when it is called: `--help` must not pay for it. */
export async function commandOf(name: CommandName): Promise<Command> {
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
    case 'mcp':
      return (await import('./commands/mcp.ts')).mcp;
    case 'mcp config':
      return (await import('./commands/mcp-config.ts')).mcpConfig;
    case 'mcp token':
      return (await import('./commands/mcp-token.ts')).mcpTokenShow;
    case 'mcp token rotate':
      return (await import('./commands/mcp-token.ts')).mcpTokenRotate;
    case 'mcp servers list':
      return (await import('./commands/mcp-servers.ts')).mcpServersList;
    case 'mcp servers show':
      return (await import('./commands/mcp-servers.ts')).mcpServersShow;
    case 'mcp servers trust':
      return (await import('./commands/mcp-servers.ts')).mcpServersTrust;
    case 'mcp servers untrust':
      return (await import('./commands/mcp-servers.ts')).mcpServersUntrust;
    case 'completion':
      return (await import('./commands/completion.ts')).completion;
    case 'complete':
      return (await import('./commands/completion.ts')).complete;
  }
}
