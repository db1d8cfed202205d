import type { Budget, DescribeBudgetsRequest, DescribeBudgetsResponse } from '@aws-sdk/client-budgets';
import type { GetCostAndUsageRequest, GetCostAndUsageResponse } from '@aws-sdk/client-cost-explorer';
import type { GetProductsRequest, GetProductsResponse } from '@aws-sdk/client-pricing';
import type {
  GetResourcesInput,
  GetResourcesOutput,
  ResourceTagMapping,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { list, read, token } from '../read.ts';

export type { Budget } from '@aws-sdk/client-budgets';
export type { GetCostAndUsageRequest, GetCostAndUsageResponse } from '@aws-sdk/client-cost-explorer';
export type { ResourceTagMapping } from '@aws-sdk/client-resource-groups-tagging-api';

/** What Cost Explorer charges for each request, each page being one (AWS's price list, November 2026). */
const PRICE_OF_COST_EXPLORER = 0.01;

/** One page: whoever asks pays for each of them, and counts. */
export const getCostAndUsage = read<GetCostAndUsageRequest, GetCostAndUsageResponse>(
  'costExplorer',
  'GetCostAndUsage',
  'ce:GetCostAndUsage',
  { price: PRICE_OF_COST_EXPLORER },
);

export const describeBudgets = list<DescribeBudgetsRequest, DescribeBudgetsResponse, Budget>(
  'budgets',
  'DescribeBudgets',
  'budgets:ViewBudget',
  {
    size: { MaxResults: 100 },
    items: ({ Budgets }) => Budgets,
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

/** The public price list: a product and its terms at a time, each a JSON text. It costs nothing to ask. */
export const getProducts = list<GetProductsRequest, GetProductsResponse, string>(
  'pricing',
  'GetProducts',
  'pricing:GetProducts',
  {
    size: { MaxResults: 100 },
    items: ({ PriceList = [] }) => (Array.isArray(PriceList) ? PriceList : []).map(String),
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

/** Resources that bear tags, or did once. */
export const getResources = list<GetResourcesInput, GetResourcesOutput, ResourceTagMapping>(
  'tagging',
  'GetResources',
  'tag:GetResources',
  {
    size: { ResourcesPerPage: 100 },
    items: ({ ResourceTagMappingList }) => ResourceTagMappingList,
    next: ({ PaginationToken }) => token('PaginationToken', PaginationToken),
  },
);
