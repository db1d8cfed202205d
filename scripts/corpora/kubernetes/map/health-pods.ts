import type { AreaMap } from '../rule-map.ts';

/** PodAnalyzer is three checks. LogAnalyzer (a word in a log is a failure) has no answer: it is noise by design. */
export const healthPods: AreaMap = {
  k8sgpt: {
    PodAnalyzer: [
      { check: 'kubernetes/pods-crashlooping', discriminators: ['*'] },
      { check: 'kubernetes/pods-not-starting', discriminators: ['*'] },
      {
        check: 'kubernetes/pods-not-ready',
        discriminators: ['not-ready', 'terminating-stuck', 'evicted', 'pods-out-of-reach'],
      },
    ],
  },
};
