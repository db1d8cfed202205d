import type { ClusterTopology } from '../../app/topology.ts';
import { printable } from '../../domain/printable.ts';

/** Graphviz: one box a thing, dashed where it is not there. */
export function topologyDot({ cluster, topology }: ClusterTopology): string {
  const nodes = [...topology.nodes].map(([key, { exists }]) =>
    exists === false ? `  ${quoted(key)} [style=dashed, color=red];` : `  ${quoted(key)};`,
  );
  const edges = topology.edges.map(
    ({ from, to, relation, detail }) =>
      `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(detail === null ? relation : `${relation} ${detail}`)}];`,
  );
  return [
    `digraph ${quoted(cluster.context)} {`,
    '  rankdir=LR;',
    '  node [shape=box];',
    ...nodes,
    ...edges,
    '}',
    '',
  ].join('\n');
}

/** Mermaid's flowchart, whose ids must be plain: they are numbered, and the names stand in quotes. */
export function topologyMermaid({ topology }: ClusterTopology): string {
  const ids = new Map([...topology.nodes.keys()].map((key, index) => [key, `n${index}`]));
  const nodes = [...topology.nodes].map(
    ([key, { exists }]) => `  ${ids.get(key)}["${plain(key)}${exists === false ? ' (not there)' : ''}"]`,
  );
  const edges = topology.edges.map(
    ({ from, to, relation, detail }) =>
      `  ${ids.get(from)} -->|"${plain(detail === null ? relation : `${relation} ${detail}`)}"| ${ids.get(to)}`,
  );
  return ['flowchart LR', ...nodes, ...edges, ''].join('\n');
}

function quoted(text: string): string {
  return `"${printable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Mermaid reads HTML and its own signs in quotes; as entities they are only what they look like. */
function plain(text: string): string {
  return printable(text).replaceAll(/[&<>"#;`|[\]{}]/g, (sign) => `#${sign.codePointAt(0)};`);
}
