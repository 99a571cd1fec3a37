import { z } from 'zod';

/** Parts that schemas of several resources share. Times are seconds on a player's clock. */

export const seconds = z.number().nonnegative();
export const fraction = z.number().min(0).max(1);
export const box = z.array(z.number()).length(4).describe('[x, y, width, height] as fractions of the frame');
export const instant = z.string().describe('ISO 8601, UTC');

/** A number of a query: empty text is none, though JavaScript reads it as 0. */
export const numeric = <T extends z.ZodNumber>(check: T): z.ZodPreprocess<T> =>
  z.preprocess((text) => {
    if (text === undefined) return text;
    return typeof text === 'string' && text.trim() !== '' ? Number(text) : NaN;
  }, check);

/** Of a query. */
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** How a list is paged. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().optional().describe('nextCursor of the page before'),
});
export type PageQuery = z.infer<typeof PageQuery>;

export const nextCursor = z.string().nullable().describe('Of the next page; null on the last');

/** A page of a list. */
export const pageOf = <T extends z.ZodType>(items: T, id: string) =>
  z.object({ items: z.array(items), nextCursor }).meta({ id });
