import type { ClusterTopology } from '../../app/topology.ts';
import { printable } from '../../domain/printable.ts';
import type { Style } from '../terminal.ts';
import { count, table } from './layout.ts';

/** Each thing with what it points at; of one thing, what relies on it first. */
export function topologyHuman({ cluster, topology, focus }: ClusterTopology, style: Style): string {
  const lines = [`${style('bold', printable(cluster.context))}  ${style('dim', printable(cluster.server))}`];
  if (focus !== null) {
    lines.push('', style('bold', printable(focus.key)));
    lines.push(
      ...(focus.dependents.length === 0
        ? ['  Nothing that could be seen relies on it.']
        : focus.dependents.map((sentence) => `  ${printable(sentence)}`)),
    );
  }
  const outgoing = Map.groupBy(topology.edges, ({ from }) => from);
  for (const [key, node] of topology.nodes) {
    const edges = outgoing.get(key) ?? [];
    if (edges.length === 0 && node.pods === null) continue;
    const pods = node.pods === null ? '' : style('dim', `  ${count(node.pods, 'pod')}`);
    lines.push('', `${printable(key)}${pods}`);
    const rows = edges.map(({ relation, to, detail }) => [
      `  ${relation}`,
      `${printable(to)}${topology.nodes.get(to)?.exists === false ? style('magenta', ' (not there)') : ''}`,
      detail === null ? '' : style('dim', printable(detail)),
    ]);
    if (rows.length > 0) lines.push(table(rows).trimEnd());
  }
  for (const { kind, namespace, failure } of topology.hidden) {
    const where = namespace === null ? '' : ` of ${namespace}`;
    lines.push('', `${style('magenta', 'unknown')}  ${printable(`${kind}s${where}: ${failure.message}`)}`);
  }
  return `${lines.join('\n')}\n`;
}
