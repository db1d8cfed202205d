import type { AreaDifferences } from '../rule-map.ts';

export const healthNetwork: AreaDifferences = {
  k8sgpt: {
    'service/TestServiceAnalyzerLabelSelectorFiltering/0':
      'our choice: an Endpoints object that no Service is behind is nothing that anybody connects to; the Service beside it, which selects nothing, is',
  },
};
