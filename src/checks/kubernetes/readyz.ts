import type { Failure, Observation } from '../../domain/check.ts';
import { printableStart } from '../../domain/printable.ts';
import { NoAnswer, type Answer } from '../../providers/kubernetes/reader.ts';
import { lastingAsFacts, type LastingProblem } from './lasting.ts';
import { idOf, type Scene } from './scene.ts';

const PATH = '/readyz?verbose';
const READYZ = { kind: 'Readyz', metadata: { name: 'api-server' } } as const;

/** What the API server says of its own parts, line by line: `[+]ping ok`, `[-]etcd failed: reason withheld`. */
export async function seeReadyz(scene: Scene): Promise<readonly Observation[]> {
  const answer = await askReadyz(scene);
  const identity = { resource: idOf(scene.cluster, READYZ), name: 'The API server' };
  if ('failure' in answer) return [{ status: 'unknown', ...identity, failure: answer.failure }];
  const problems = readyzProblems(answer.body);
  // Not ready, and no line that says why: then the answer itself is the reason.
  if (answer.status !== 200 && problems.length === 0)
    return [{ status: 'unknown', ...identity, failure: refusal(answer) }];
  return [{ status: 'seen', ...identity, facts: lastingAsFacts(scene, READYZ, problems) }];
}

async function askReadyz(scene: Scene): Promise<Answer | { readonly failure: Failure }> {
  try {
    return await scene.cluster.raw(PATH, scene.signal);
  } catch (error) {
    if (error instanceof NoAnswer) return { failure: { code: error.code, message: error.message } };
    throw error;
  }
}

/** Parts that are still starting, or stopping, fail as a matter of course; what lasts is told at the second look. */
const PASSING = /^(?:poststarthook\/|shutdown$)/;

function readyzProblems(body: string): readonly LastingProblem[] {
  return body.split('\n').flatMap((line) => {
    const match = /^\[-\](\S+) (.*)$/.exec(line.trim());
    if (match === null) return [];
    const [, part = '', words = ''] = match;
    const isPassing = PASSING.test(part);
    return [
      {
        rule: isPassing ? 'starting' : 'readyz',
        apart: part,
        about: part,
        since: isPassing ? null : 0,
        worse: part === 'etcd' || part === 'etcd-readiness',
        fields: [{ path: `GET ${PATH}: [-]${part}`, value: printableStart(words, 200) }],
      },
    ];
  });
}

function refusal({ status, body }: Answer): Failure {
  if (status === 403)
    return {
      code: 'FORBIDDEN',
      message: 'May not get /readyz. This rule allows it: {nonResourceURLs: ["/readyz"], verbs: ["get"]}.',
    };
  if (status === 401)
    return { code: 'UNAUTHORIZED', message: 'The API server does not accept the credential of this context.' };
  return {
    code: `HTTP_${status}`,
    message: `The API server answered ${status} to ${PATH}: ${printableStart(body, 200)}`,
  };
}
