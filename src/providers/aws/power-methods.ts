/** What a right has to reach for a method to work. */
export type Target =
  /** Whatever it is. */
  | 'anything'
  /** All of a service's things. */
  | 'all'
  | 'all-roles'
  /** A policy of the account that who has the right holds, or all of them. */
  | 'own-policy'
  | 'self'
  | 'own-group'
  | 'administrators-group'
  | 'other-user'
  | 'administrator-role'
  /** A role to hand to `service`: any, or an administrator that trusts it. */
  | 'passed-role';

export interface Method {
  readonly id: string;
  /** All of them are needed. */
  readonly needs: readonly { readonly action: string; readonly target: Target }[];
  /** To whom a role is passed. */
  readonly service: string | null;
  /** For users or roles alone; null: for both. */
  readonly of: 'user' | 'role' | null;
  /** `any-rights`: as good as an administrator. `borrowed`: the rights of what runs already. */
  readonly gives: 'any-rights' | 'borrowed';
}

/**
 * Known ways from some rights to more of them, after Rhino Security Labs ("AWS IAM Privilege Escalation - Methods and
 * Mitigation") and pathfinding.cloud, the action by the action and not the tools' own words for them.
 */
export const METHODS: readonly Method[] = [
  own('iam:CreatePolicyVersion', 'own-policy'),
  own('iam:SetDefaultPolicyVersion', 'own-policy'),
  own('iam:AttachUserPolicy', 'self', 'user'),
  own('iam:PutUserPolicy', 'self', 'user'),
  own('iam:AttachGroupPolicy', 'own-group', 'user'),
  own('iam:PutGroupPolicy', 'own-group', 'user'),
  own('iam:AddUserToGroup', 'administrators-group', 'user'),
  own('iam:AttachRolePolicy', 'self', 'role'),
  own('iam:PutRolePolicy', 'self', 'role'),
  assumed('iam:AttachRolePolicy'),
  assumed('iam:PutRolePolicy'),
  own('iam:CreateAccessKey', 'other-user'),
  own('iam:CreateLoginProfile', 'other-user'),
  own('iam:UpdateLoginProfile', 'other-user'),
  own('iam:UpdateAssumeRolePolicy', 'administrator-role'),
  passed('ec2', 'ec2:RunInstances'),
  passed('ec2', 'ec2:RequestSpotInstances'),
  passed('ec2', 'ec2:AssociateIamInstanceProfile', 'ssm:SendCommand'),
  passed('ec2', 'autoscaling:CreateLaunchConfiguration', 'autoscaling:CreateAutoScalingGroup'),
  passed('ec2', 'ec2:CreateLaunchTemplate', 'autoscaling:CreateAutoScalingGroup'),
  passed('lambda', 'lambda:CreateFunction', 'lambda:InvokeFunction'),
  passed('lambda', 'lambda:CreateFunction', 'lambda:CreateEventSourceMapping'),
  passed('lambda', 'lambda:CreateFunction', 'lambda:AddPermission'),
  passed('lambda', 'lambda:CreateFunction', 'lambda:CreateFunctionUrlConfig'),
  passed('glue', 'glue:CreateDevEndpoint'),
  passed('glue', 'glue:CreateJob', 'glue:StartJobRun'),
  passed('glue', 'glue:CreateJob', 'glue:CreateTrigger'),
  passed('glue', 'glue:UpdateJob', 'glue:StartJobRun'),
  passed('glue', 'glue:CreateSession', 'glue:RunStatement'),
  passed('cloudformation', 'cloudformation:CreateStack'),
  passed('cloudformation', 'cloudformation:UpdateStack'),
  passed('cloudformation', 'cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'),
  passed('cloudformation', 'cloudformation:CreateStackSet', 'cloudformation:CreateStackInstances'),
  passed(
    'datapipeline',
    'datapipeline:CreatePipeline',
    'datapipeline:PutPipelineDefinition',
    'datapipeline:ActivatePipeline',
  ),
  passed('sagemaker', 'sagemaker:CreateNotebookInstance', 'sagemaker:CreatePresignedNotebookInstanceUrl'),
  passed('sagemaker', 'sagemaker:CreateTrainingJob'),
  passed('sagemaker', 'sagemaker:CreateProcessingJob'),
  passed('codebuild', 'codebuild:CreateProject', 'codebuild:StartBuild'),
  passed('codebuild', 'codebuild:UpdateProject', 'codebuild:StartBuild'),
  passed('ecs-tasks', 'ecs:RegisterTaskDefinition', 'ecs:RunTask'),
  passed('ecs-tasks', 'ecs:RegisterTaskDefinition', 'ecs:CreateService'),
  passed('ecs-tasks', 'ecs:RegisterTaskDefinition', 'ecs:UpdateService'),
  passed('ecs-tasks', 'ecs:RegisterTaskDefinition', 'ecs:StartTask'),
  passed('ecs-tasks', 'batch:RegisterJobDefinition', 'batch:SubmitJob'),
  passed('states', 'states:CreateStateMachine', 'states:StartExecution'),
  passed('states', 'states:UpdateStateMachine', 'states:StartExecution'),
  passed('scheduler', 'scheduler:CreateSchedule'),
  passed('ssm', 'ssm:StartAutomationExecution'),
  passed('elasticmapreduce', 'elasticmapreduce:RunJobFlow'),
  passed('tasks.apprunner', 'apprunner:CreateService'),
  passed('bedrock-agentcore', 'bedrock-agentcore:CreateCodeInterpreter', 'bedrock-agentcore:InvokeCodeInterpreter'),
  borrowed('lambda:UpdateFunctionCode'),
  borrowed('lambda:UpdateFunctionConfiguration'),
  borrowed('glue:UpdateDevEndpoint'),
  borrowed('ssm:SendCommand'),
  borrowed('ssm:StartSession'),
  borrowed('ec2-instance-connect:SendSSHPublicKey'),
  borrowed('ec2:ModifyInstanceAttribute', 'ec2:StopInstances', 'ec2:StartInstances'),
  borrowed('ecs:ExecuteCommand'),
  borrowed('sagemaker:CreatePresignedNotebookInstanceUrl'),
];

function method(
  needs: Method['needs'],
  gives: Method['gives'],
  service: string | null = null,
  of: Method['of'] = null,
): Method {
  return { id: needs.map(({ action }) => action).join(' + '), needs, service, of, gives };
}

function own(action: string, target: Target, of: Method['of'] = null): Method {
  return method([{ action, target }], 'any-rights', null, of);
}

/** A user who may write policies of all roles needs one that it may become. */
function assumed(action: string): Method {
  return method(
    [
      { action, target: 'all-roles' },
      { action: 'sts:AssumeRole', target: 'anything' },
    ],
    'any-rights',
    null,
    'user',
  );
}

function passed(service: string, ...actions: readonly string[]): Method {
  const others = actions.map((action) => ({ action, target: 'anything' as const }));
  return method(
    [{ action: 'iam:PassRole', target: 'passed-role' }, ...others],
    'any-rights',
    `${service}.amazonaws.com`,
  );
}

function borrowed(...actions: readonly string[]): Method {
  return method(
    actions.map((action) => ({ action, target: 'all' })),
    'borrowed',
  );
}
