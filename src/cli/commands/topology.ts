import { openApp } from '../../app/app.ts';
import { showTopology } from '../../app/topology.ts';
import { topologyDocument } from '../../documents/topology.ts';
import { EXIT, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { present } from '../present.ts';
import { topologyDot, topologyMermaid } from '../views/topology-graph.ts';
import { topologyHuman } from '../views/topology-human.ts';

/** `holdfast topology [resource]`: reads a cluster and shows who relies on whom. */
export async function topology(
  door: Door,
  [named]: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    const context = typeof options['context'] === 'string' ? options['context'] : undefined;
    const namespaces = Array.isArray(options['namespace']) ? options['namespace'].map(String) : [];
    const shown = await showTopology(app, { context, namespaces }, named ?? null, interrupt.signal);
    present(door, app, {
      human: () => topologyHuman(shown, door.terminal.style),
      json: () => ['topology', topologyDocument(shown)],
      dot: () => topologyDot(shown),
      mermaid: () => topologyMermaid(shown),
    });
    return door.options.failOnUnknown && shown.topology.hidden.length > 0 ? EXIT.unknown : EXIT.done;
  } finally {
    interrupt.done();
    app.close();
  }
}
