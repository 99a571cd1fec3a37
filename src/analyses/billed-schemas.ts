import { z } from 'zod';
import { SURE } from '../credits/answer.js';
import { fraction, numeric, PageQuery, pageOf, seconds } from '../openapi/fields.js';
import { sureName } from './schemas.js';

/** What the search over credits takes and answers. */

export const BilledQuery = PageQuery.extend({
  name: z.string().min(1).max(200).optional().describe('Words of a name, or how they begin: anna kel'),
  role: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Words of what they did, its department, or whom they play: gaffer'),
  kind: z.enum(['cast', 'crew']).optional(),
  titleId: z.string().optional().describe('Of one title'),
  minConfidence: numeric(fraction)
    .optional()
    .describe(`That every letter of a name is right, at least; unset: ${SURE}`),
});
export type BilledQuery = z.infer<typeof BilledQuery>;

const BilledName = z
  .object({
    titleId: z.string(),
    title: z.string().describe("The title's name"),
    kind: z.enum(['cast', 'crew']),
    name: z.string().describe('As one writes it: what the screen has in capitals is spelled'),
    role: z.string().nullable().describe('What they did; of the cast, whom they play, null where nobody says it'),
    department: z.string().nullable(),
    confidence: fraction,
    sure: sureName,
    start: seconds.describe('When it can be read, on the clock of a player'),
    end: seconds,
  })
  .meta({ id: 'BilledName' });

export const BilledPage = pageOf(BilledName, 'BilledPage');
export type BilledPage = z.infer<typeof BilledPage>;
