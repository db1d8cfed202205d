import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { isRecord, jsonOf, NoAnswer, type Answer, type Ask } from './call.ts';
import { changeAnswer, type ChangeAnswer } from './change-answer.ts';
import { callOf, type Change } from './change.ts';
import { ClusterAway } from './cluster-away.ts';
import { openConnections, type ConnectionDeps } from './open.ts';

/** Writes to one cluster, of which it was made sure that it is the one that is meant. */
export interface KubernetesWriter {
  /** Sends one change, once. `version`: the resourceVersion just read, which the server holds it against. */
  write(change: Change, version: string | null, signal: AbortSignal): Promise<ChangeAnswer>;
  /** Reads over the same connection: for what can't be sealed in full and is read again. Throws NoAnswer. */
  raw(path: string, signal: AbortSignal): Promise<Answer>;
}

export interface WriterChoice {
  /** A context of the kubeconfig; the current one when it is absent. */
  readonly context: string | undefined;
  /** The uid of the cluster's namespace kube-system, as it was sealed. */
  readonly uid: string;
}

/**
 * Opens the way to write, over a connection of its own, and asks it first who it is: a kubeconfig may be switched
 * between two looks at it. Nothing was written when it is unknown; CLUSTER_SWITCHED when it is another cluster.
 */
export async function openKubernetesWriter(
  deps: ConnectionDeps,
  { context, uid }: WriterChoice,
  signal: AbortSignal,
): Promise<Looked<KubernetesWriter>> {
  try {
    const { ask, context: named, server } = await openConnections(deps).open(context);
    const found = await uidOf(ask, signal);
    if (found !== uid)
      return unknown(
        'CLUSTER_SWITCHED',
        `The context ${printable(named)} leads to another cluster now (${printable(server)}): nothing was written.`,
      );
    return seen({
      write: (change, version, sending) => write(ask, change, version, sending),
      raw: (path, asking) => ask({ method: 'GET', path }, asking),
    });
  } catch (error) {
    if (error instanceof ClusterAway || error instanceof NoAnswer) return unknown(error.code, error.message);
    throw error;
  }
}

async function uidOf(ask: Ask, signal: AbortSignal): Promise<string | null> {
  const answer = await ask({ method: 'GET', path: '/api/v1/namespaces/kube-system' }, signal);
  const body = answer.status === 200 ? jsonOf(answer.body) : null;
  const metadata = isRecord(body) ? body['metadata'] : null;
  return isRecord(metadata) && typeof metadata['uid'] === 'string' ? metadata['uid'] : null;
}

async function write(ask: Ask, change: Change, version: string | null, signal: AbortSignal): Promise<ChangeAnswer> {
  // Aborted before it was sent, it was certainly not done; from here on nobody can say.
  if (signal.aborted)
    return {
      status: 'refused',
      because: 'failed',
      failure: { code: 'STOPPED', message: 'It was stopped before anything was sent.' },
    };
  try {
    return changeAnswer(await ask(callOf(change, { dryRun: false, version }), signal), change);
  } catch (error) {
    if (error instanceof NoAnswer) return { status: 'unknown', failure: { code: error.code, message: error.message } };
    if (signal.aborted)
      return {
        status: 'unknown',
        failure: { code: 'STOPPED', message: 'It was stopped while the answer was waited for.' },
      };
    throw error;
  }
}
