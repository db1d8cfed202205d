/** Management events, reads and writes. Without selectors a trail takes them all. */
export function takesAllEvents({ EventSelectors = [], AdvancedEventSelectors = [] }: Events): boolean {
  if (EventSelectors.length === 0 && AdvancedEventSelectors.length === 0) return true;
  const plain = EventSelectors.filter(({ IncludeManagementEvents }) => IncludeManagementEvents !== false).map(
    ({ ReadWriteType }) => ReadWriteType ?? 'All',
  );
  const advanced = AdvancedEventSelectors.map(({ FieldSelectors = [] }) => FieldSelectors)
    .filter((fields) => fields.some(({ Field, Equals }) => Field === 'eventCategory' && Equals?.includes('Management')))
    .map((fields) => {
      const only = fields.find(({ Field }) => Field === 'readOnly')?.Equals;
      return only === undefined ? 'All' : only.includes('true') ? 'ReadOnly' : 'WriteOnly';
    });
  const kinds = new Set([...plain, ...advanced]);
  return kinds.has('All') || (kinds.has('ReadOnly') && kinds.has('WriteOnly'));
}

/** What GetEventSelectors answers. */
interface Events {
  readonly EventSelectors?:
    | readonly { readonly IncludeManagementEvents?: boolean | undefined; readonly ReadWriteType?: string | undefined }[]
    | undefined;
  readonly AdvancedEventSelectors?:
    | readonly {
        readonly FieldSelectors?:
          | readonly { readonly Field?: string | undefined; readonly Equals?: readonly string[] | undefined }[]
          | undefined;
      }[]
    | undefined;
}
