import * as z from 'zod';

const amount = z.number().nullable();

export const costSchema = z
  .strictObject({
    source: z.string().describe('Where the figures come from: `Cost Explorer, account 123456789012`, a file, OpenCost'),
    by: z.string().describe('`service`, `account`, `tag:<key>`, `namespace`'),
    currency: z.string().describe('ISO 4217'),
    from: z.iso.date(),
    until: z.iso.date().describe('The last day, which is part of it'),
    total: z.number(),
    before: amount.describe('Of as many days before; null: not known'),
    days: z.array(z.strictObject({ day: z.iso.date(), amount: amount.describe('null: not known') })),
    rows: z
      .array(
        z.strictObject({
          name: z.string(),
          amount: z.number(),
          before: amount,
          increase: amount.describe('Against as many days before; null: not known'),
        }),
      )
      .describe('Most expensive first'),
    anomalies: z.array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(['spike', 'level-shift', 'new']),
        day: z.iso.date(),
        amount: z.number(),
        expected: z.number(),
        impact: z.number(),
      }),
    ),
    forecast: z
      .strictObject({ month: z.string(), soFar: z.number(), expected: z.number(), daysLeft: z.int() })
      .nullable(),
    requests: z
      .strictObject({
        today: z.int(),
        most: z.int(),
        usd: z.number().describe('What the requests of today cost, US dollars'),
      })
      .nullable()
      .describe('Requests to Cost Explorer; null: none was needed'),
  })
  .describe('What was paid, and what of it stands out');
