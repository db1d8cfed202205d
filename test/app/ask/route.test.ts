import { describe, expect, it } from 'vitest';
import { readQuestion } from '../../../src/app/ask/question.ts';
import { nearChecks, route, strangeWords, type RouteOptions } from '../../../src/app/ask/route.ts';
import { SIGNPOSTS } from '../../../src/checks/signposts.ts';

const CHECKS = SIGNPOSTS;
const ALL = { connected: new Set(['host', 'docker', 'kubernetes']), context: undefined, namespaces: [] };

/** `host/disk`, `net/http {"url":"https://example.com/"}`, in the order in which they fit; sorted. */
function routed(text: string, options: RouteOptions = ALL): readonly string[] {
  return route(readQuestion(text), CHECKS, options)
    .map(({ check, params }) => (Object.keys(params).length === 0 ? check.id : `${check.id} ${JSON.stringify(params)}`))
    .toSorted();
}

const PODS = ['pods-crashlooping', 'pods-not-ready', 'pods-not-starting', 'workloads'];
const inNamespace = (namespace: string, names: readonly string[]): string[] =>
  names.map((name) => `kubernetes/${name} {"namespaces":["${namespace}"]}`);
const kubernetes = (names: readonly string[]): string[] => names.map((name) => `kubernetes/${name}`);
const OF_NAMED_THINGS = [
  'docker/containers',
  'host/systemd-units',
  ...kubernetes(['jobs', 'nodes', 'pods-crashlooping', 'pods-not-ready', 'pods-not-starting', 'workloads']),
];

describe('the words of a question lead to', () => {
  it.each<[string, readonly string[]]>([
    ['are all pods healthy in namespace production?', inNamespace('production', PODS)],
    ['Are my pods in the staging namespace OK?', inNamespace('staging', PODS)],
    ['are my pods ok', kubernetes(PODS)],
    ['list all pods', kubernetes(PODS)],
    ['list pods that restart', ['kubernetes/pods-crashlooping']],
    ['which pods are restarting?', ['kubernetes/pods-crashlooping']],
    ['pod restarts last hour', ['kubernetes/pods-crashlooping']],
    ['which pods are in CrashLoopBackOff?', ['kubernetes/pods-crashlooping']],
    ['are any pods pending?', ['kubernetes/pods-not-starting']],
    ["which pods can't pull their image?", ['kubernetes/pods-not-starting']],
    ['why is billing-worker crashing?', kubernetes(['pods-crashlooping', 'workloads'])],
    ['why is billing crashing?', kubernetes(['pods-crashlooping', 'workloads'])],
    ['why is prod/web not ready?', kubernetes(['pods-not-ready', 'workloads'])],
    ['is billing-worker healthy?', OF_NAMED_THINGS],
    ['is nginx running?', OF_NAMED_THINGS],
    ['is redis up?', OF_NAMED_THINGS],
    ['are deployments rolled out?', ['kubernetes/workloads']],
    ['show me deployments in namespace prod', inNamespace('prod', ['workloads'])],
    ['any statefulsets not ready in ns/data?', inNamespace('data', ['pods-not-ready', 'workloads'])],
    ['how are my nodes?', ['kubernetes/nodes']],
    ['list nodes', ['kubernetes/nodes']],
    ['any failed jobs?', ['kubernetes/jobs']],
    ['did the nightly cronjobs run?', ['kubernetes/jobs']],
    ['are all services backed by endpoints?', ['kubernetes/services']],
    ['any ingress broken?', ['kubernetes/ingresses']],
    ['are persistent volumes full?', ['kubernetes/volumes']],
    ['is the autoscaler at its limit?', ['kubernetes/autoscalers']],
    ['are quotas exceeded?', ['kubernetes/namespaces']],
    ['are webhooks failing?', ['kubernetes/webhooks']],
    ['are pod disruption budgets blocking drains?', ['kubernetes/disruption-budgets']],
    ['what warnings are in the events?', ['kubernetes/events']],
    ['is the api server ok?', ['kubernetes/control-plane']],
    ['which certificates expire soon?', ['kubernetes/certificates']],
    ['are certificates expiring?', ['kubernetes/certificates']],
    ['which workloads have no resource limits?', ['kubernetes/hygiene-workloads']],
    ['list unused configmaps', ['kubernetes/hygiene-unused']],
    ['which secrets are unused?', ['kubernetes/hygiene-unused']],
    ['are network policies in place?', ['kubernetes/hygiene-network-policies']],
    ['which pods run as root?', ['kubernetes/posture-workloads']],
    ['is rbac too permissive?', ['kubernetes/posture-rbac']],
    ['who is cluster-admin?', ['kubernetes/posture-rbac']],
    ['are images pinned?', ['kubernetes/posture-images']],
    ['is the disk filling up?', ['host/disk', 'host/disk-health']],
    ['how much disk space is left?', ['host/disk']],
    ['is memory running out?', ['host/memory', 'host/oom-kills']],
    ['what is using swap?', ['host/memory']],
    ['did anything get OOM killed?', ['host/oom-kills']],
    ['is the load too high?', ['host/load']],
    ['what is eating the cpu?', ['host/load']],
    ['which systemd units failed?', ['host/systemd-units']],
    ['does this machine need a reboot?', ['host/reboot-pending']],
    ['are there security updates?', ['host/package-updates']],
    ['is the clock in sync?', ['host/time-sync']],
    ['how many zombie processes are there?', ['host/processes']],
    ['are we running out of file descriptors?', ['host/file-descriptors']],
    ['are all containers running?', ['docker/containers']],
    ['which docker containers are unhealthy?', ['docker/containers']],
    ['is example.com reachable?', ['net/http {"url":"https://example.com/"}']],
    ['is https://example.com/health up?', ['net/http {"url":"https://example.com/health"}']],
    ['is port 22 open on bastion.example.com?', ['net/tcp {"host":"bastion.example.com","port":22}']],
    ['is the database at db.internal:5432 up?', ['net/tcp {"host":"db.internal","port":5432}']],
    ['does example.com resolve?', ['net/dns {"name":"example.com"}']],
    ['when does the certificate of example.com expire?', ['net/tls {"host":"example.com"}']],
    ['when does the domain example.com expire?', ['net/domain-expiry {"domain":"example.com"}']],
    ['are the security headers of https://example.com set?', ['net/security-headers {"url":"https://example.com"}']],
  ])('%s', (question, checks) => {
    expect(routed(question)).toEqual([...checks].toSorted());
  });

  it.each([
    'what is the capital of France?',
    'write me a poem',
    'who won the match yesterday?',
    'translate hello to German',
    'what time is it in Tokyo?',
    'how do I bake bread?',
    'is my wife angry?',
    'can you order a pizza?',
    // No check looks at these, though words of others stand in the questions.
    'how many S3 buckets do I have?',
    'are my EC2 instances healthy?',
    'are there orphaned EBS volumes?',
    'is the RDS database ok?',
    // What changed is on record; nothing is looked at for it.
    'what changed since last night?',
    'did drift happen?',
    // Checks that need to be told more.
    'are backups recent?',
    'are there errors in the logs?',
    '',
    '?!',
  ])('nowhere: %j', (question) => {
    expect(routed(question)).toEqual([]);
  });

  it('near checks of a question that leads nowhere are named', () => {
    expect(nearChecks(readQuestion('are backups recent?'), CHECKS)).toEqual(['host/file-age']);
  });
});

describe('a question about everything', () => {
  it('is every check of the beat of what is connected, and no scan', () => {
    const all = routed('is everything ok?');
    expect(all).toEqual(
      CHECKS.filter(({ id, standalone, nightly }) => standalone && !nightly && !/^(?:aws|net)\//.test(id))
        .map(({ id }) => id)
        .toSorted(),
    );
    const onlyHost = routed("what's wrong?", { ...ALL, connected: new Set(['host']) });
    expect(onlyHost).toEqual(all.filter((id) => id.startsWith('host/')));
  });

  it('of the cluster, or of one namespace, is of that alone', () => {
    const ofCluster = routed('is the cluster healthy?');
    expect(ofCluster).toContain('kubernetes/nodes');
    expect(ofCluster.filter((id) => !id.startsWith('kubernetes/'))).toEqual([]);
    const ofNamespace = routed('is anything broken in namespace prod?');
    expect(ofNamespace.filter((id) => !id.endsWith(' {"namespaces":["prod"]}'))).toEqual([]);
    expect(ofNamespace.filter((id) => /nodes|control-plane/.test(id))).toEqual([]);
  });
});

describe('where to look', () => {
  it('is taken from the question, and flags win', () => {
    const question = 'are all nodes ok in context lab namespace prod?';
    expect(routed(question)).toEqual(['kubernetes/nodes {"namespaces":["prod"],"context":"lab"}']);
    expect(routed(question, { ...ALL, context: 'other', namespaces: ['a', 'b'] })).toEqual([
      'kubernetes/nodes {"namespaces":["a","b"],"context":"other"}',
    ]);
  });

  it('goes only to checks that have such a parameter', () => {
    expect(routed('is the disk full in namespace prod?')).toEqual(['host/disk']);
  });

  it.each([
    ['is kubernetes in prod ok', null],
    ['pods in namespace "kube-system"', 'kube-system'],
    ['the kube-system namespace', 'kube-system'],
    ['namespace=prod pods', 'prod'],
    ['is the namespace healthy', null],
    ['are all namespaces ok', null],
  ])('namespace of %j', (question, namespace) => {
    expect(readQuestion(question).namespace).toBe(namespace);
  });
});

describe('words that the chosen checks know nothing of', () => {
  it.each([
    ['are all pods healthy in namespace payments?', []],
    ['is the disk filling up?', []],
    ['is the coffee machine ok?', ['coffee']],
    ['is the mail server healthy?', ['mail']],
    ['is the payment service up?', ['payment']],
  ])('%s', (text, strange) => {
    const question = readQuestion(text);
    expect(strangeWords(question, route(question, CHECKS, ALL))).toEqual(strange);
  });
});

const WITH_AWS = { ...ALL, connected: new Set([...ALL.connected, 'aws']) };
const BY_DAY = CHECKS.filter(({ id, nightly }) => id.startsWith('aws/') && !nightly).map(({ id }) => id);

describe('of AWS, the words lead to', () => {
  it.each<[string, readonly string[]]>([
    ['any alarms in AWS?', ['aws/alarms']],
    ['which security groups are open to the world?', ['aws/exposure-security-groups']],
    ['list resources with no tags in us-east-1', ['aws/tags {"regions":["us-east-1"]}']],
    ['list untagged resources in eu-west-1 and eu-central-1', ['aws/tags {"regions":["eu-west-1","eu-central-1"]}']],
    ['which resources have no tags in all regions?', ['aws/tags {"regions":["*"]}']],
    ['list resources without tags in the profile Production', ['aws/tags {"profiles":["Production"]}']],
    ['are there unattached EBS volumes?', ['aws/hygiene-volumes']],
    ['which elastic addresses are unassociated?', ['aws/hygiene-addresses']],
    ['are there idle NAT gateways?', ['aws/hygiene-gateways']],
    ['which log groups have no retention?', ['aws/hygiene-logs']],
    ['list old orphaned snapshots', ['aws/hygiene-snapshots']],
    ['is the RDS database ok?', ['aws/databases']],
    ['are lambda functions failing in us-gov-west-1?', ['aws/functions {"regions":["us-gov-west-1"]}']],
  ])('%s', (question, checks) => {
    expect(routed(question, WITH_AWS)).toEqual([...checks].toSorted());
  });

  it.each(['is my AWS account healthy?', 'is everything ok in AWS?', 'how is my aws account?'])(
    'all of the beat, and no scan: %s',
    (question) => {
      expect(routed(question, WITH_AWS)).toEqual(BY_DAY.toSorted());
    },
  );

  it('all of the beat that is in a region, when only a region is named', () => {
    const wanted = CHECKS.filter(({ id, keys }) => BY_DAY.includes(id) && keys.includes('regions'));
    expect(routed('is everything ok in eu-west-1?', WITH_AWS)).toEqual(
      wanted.map(({ id }) => `${id} {"regions":["eu-west-1"]}`).toSorted(),
    );
  });

  it.each(['is my AWS account healthy?', 'list resources with no tags in us-east-1', 'any alarms in aws?'])(
    'nothing where AWS is not there, and never to another provider: %s',
    (question) => {
      expect(routed(question)).toEqual([]);
    },
  );

  it('nothing of it, where another provider is meant', () => {
    for (const question of ['are all pods healthy in namespace production?', 'which docker containers are unhealthy?'])
      expect(routed(question, WITH_AWS).filter((id) => id.startsWith('aws/'))).toEqual([]);
  });
});

describe('regions and profiles', () => {
  it.each<[string, readonly string[], string | null]>([
    ['list volumes in us-east-1', ['us-east-1'], null],
    ['volumes in eu-west-1, eu-central-1 and eu-west-1', ['eu-west-1', 'eu-central-1'], null],
    ['volumes in every region', ['*'], null],
    ['volumes in all my regions', ['*'], null],
    ['volumes in ap-southeast-2 of the aws profile Prod-EU', ['ap-southeast-2'], 'Prod-EU'],
    ['what is the profile of the load?', [], null],
    ['is web-east-1 ok?', [], null],
    ['is billing-west-10 ok?', [], null],
  ])('of %j', (text, regions, profile) => {
    const question = readQuestion(text);
    expect([question.regions, question.profile]).toEqual([regions, profile]);
    for (const place of [...regions, 'region', profile?.toLowerCase()]) {
      expect(question.words).not.toContain(place);
      expect(question.names).not.toContain(place);
    }
  });
});
