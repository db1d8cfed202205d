import { printable } from '../../domain/printable.ts';

/**
 * What a pod waits for, out of the scheduler's sentence: "0/4 nodes are available: 2 Insufficient cpu, 2 node(s) had
 * untolerated taint(s). preemption: …" is two things. Without the figures and the names, which change from try to try.
 */
export function waitsFor(message: string): readonly string[] {
  const [, reasons = message] = /nodes? (?:are|is) available: (.*)$/s.exec(message) ?? [];
  const said = KINDS.filter(({ fits }) => fits.test(reasons.replace(/\bpreemption: .*$/s, ''))).map(
    ({ words }) => words,
  );
  const short = [...reasons.matchAll(/Insufficient ([\w./-]+)/g)].map(
    ([, what = '']) => `too little ${printable(what.replace(/\.$/, ''))}`,
  );
  return [...new Set([...short, ...said])];
}

const KINDS: readonly { readonly fits: RegExp; readonly words: string }[] = [
  { fits: /Too many pods/i, words: 'too many pods on the nodes' },
  { fits: /taint/i, words: 'taints that it does not tolerate' },
  {
    fits: /node affinity\/selector|node\(s\) didn't match (?:Pod's )?node selector/i,
    words: 'no node that it selects',
  },
  { fits: /volume node affinity/i, words: 'its volume is bound to another node' },
  { fits: /unbound immediate PersistentVolumeClaims/i, words: 'its volume claim is not bound' },
  { fits: /persistentvolumeclaim ".*" not found/i, words: 'its volume claim does not exist' },
  { fits: /exceed max volume count/i, words: 'too many volumes on the nodes' },
  { fits: /free ports/i, words: 'its host port is taken' },
  { fits: /pod (?:anti-)?affinity/i, words: 'rules about other pods (affinity)' },
  { fits: /topology spread/i, words: 'rules about spreading' },
  { fits: /were unschedulable/i, words: 'nodes that are cordoned' },
];
