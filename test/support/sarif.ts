import * as z from 'zod';

const text = z.strictObject({ text: z.string().min(1), markdown: z.string().min(1).optional() });
const properties = z.record(z.string(), z.unknown());
const instant = z.iso.datetime();
const logicalLocation = z.strictObject({
  name: z.string(),
  fullyQualifiedName: z.string().min(1),
  kind: z.literal('resource'),
});
const relativeUri = z
  .string()
  .regex(/^(?:[A-Za-z0-9\-._~!$&'()*+,;=@/]|%[0-9A-F]{2})+$/, 'a relative reference of RFC 3986');

const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().nonnegative(),
  kind: z.literal('fail'),
  level: z.enum(['error', 'warning', 'note']),
  message: z.strictObject({ text: z.string().min(1) }),
  locations: z
    .array(
      z.strictObject({
        physicalLocation: z.strictObject({
          artifactLocation: z.strictObject({ uri: relativeUri, uriBaseId: z.string() }),
          region: z.strictObject({ startLine: z.int().positive() }),
        }),
        logicalLocations: z.array(logicalLocation).min(1),
      }),
    )
    .length(1),
  partialFingerprints: z.record(z.string().regex(/\/v\d+$/), z.string().regex(/^sha256:[0-9a-f]{64}$/)),
  baselineState: z.enum(['new', 'unchanged', 'updated']),
  suppressions: z.array(
    z.strictObject({
      kind: z.literal('external'),
      status: z.literal('accepted'),
      justification: z.string().min(1),
      properties,
    }),
  ),
  properties,
});

const notification = z.strictObject({
  level: z.enum(['error', 'note']),
  message: z.strictObject({ text: z.string().min(1) }),
  associatedRule: z.strictObject({ id: z.string(), index: z.int().nonnegative() }).optional(),
  locations: z.array(z.strictObject({ logicalLocations: z.array(logicalLocation).length(1) })).optional(),
  properties: properties.optional(),
});

const run = z
  .strictObject({
    tool: z.strictObject({
      driver: z.strictObject({
        name: z.string().min(1),
        semanticVersion: z.string().regex(/^\d+\.\d+\.\d+/),
        rules: z.array(
          z.strictObject({ id: z.string().min(1), shortDescription: text.optional(), help: text.optional() }),
        ),
      }),
    }),
    automationDetails: z.strictObject({ id: z.string().regex(/^holdfast\/[^/]+\/[^/]*$/) }),
    originalUriBaseIds: z.record(z.string(), z.strictObject({ description: text })),
    invocations: z
      .array(
        z.strictObject({
          executionSuccessful: z.boolean(),
          startTimeUtc: instant,
          endTimeUtc: instant.optional(),
          toolExecutionNotifications: z.array(notification),
        }),
      )
      .optional(),
    results: z.array(result),
  })
  .superRefine(({ tool, results, invocations = [], originalUriBaseIds }, context) => {
    const tell = (message: string): void => context.addIssue({ code: 'custom', message });
    const ids = tool.driver.rules.map(({ id }) => id);
    if (new Set(ids).size !== ids.length) tell('two rules have the same id');
    for (const { ruleId, ruleIndex } of results)
      if (ids[ruleIndex] !== ruleId) tell(`ruleIndex ${ruleIndex} is not ${ruleId}`);
    for (const { associatedRule } of invocations.flatMap((one) => one.toolExecutionNotifications))
      if (associatedRule !== undefined && ids[associatedRule.index] !== associatedRule.id)
        tell('index is not the rule');
    for (const { locations } of results)
      for (const { physicalLocation } of locations)
        if (originalUriBaseIds[physicalLocation.artifactLocation.uriBaseId] === undefined) tell('no such uriBaseId');
  });

/**
 * What SARIF 2.1.0 wants of the objects that Holdfast writes, closed: required properties, enumerations, indexes that
 * point where they say (3.27.5, 3.52.5), and `suppressions` and `baselineState` on all results (3.27.23, 3.27.24). Written by
 * hand from the specification; the log was also held against the published schema when this was made (docs/outputs.md).
 */
export const sarifSchema = z.strictObject({ $schema: z.url(), version: z.literal('2.1.0'), runs: z.array(run) });
