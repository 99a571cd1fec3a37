import { z } from 'zod';
import { PageQuery } from '../titles/schemas.js';

/** What the routes about people take and answer. */

const seconds = z.number().nonnegative();
const box = z.array(z.number()).length(4).describe('[x, y, width, height] as fractions of the picture');
const name = z.string().normalize('NFC').trim().min(1).max(200);
const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

export const PersonName = name;

export const PersonOutput = z.object({
  id: z.string(),
  name: z.string().nullable(),
  label: z.string().nullable().describe('What to call a stranger: person 7'),
  hidden: z.boolean(),
  photos: z.number().int().describe('Photos that count'),
  titles: z.number().int(),
  screenTime: seconds,
  createdAt: z.string(),
});
export type PersonOutput = z.infer<typeof PersonOutput>;

export const PersonPage = z.object({ items: z.array(PersonOutput), nextCursor: z.string().nullable() });
export type PersonPage = z.infer<typeof PersonPage>;

export const PhotoOutput = z.object({
  id: z.string(),
  file: z.string(),
  flag: z
    .enum(['no-face', 'several-faces', 'duplicate', 'outlier', 'unreadable'])
    .nullable()
    .describe('Why it does not count'),
  faces: z.number().int(),
  box: box.nullable(),
  quality: z.number().min(0).max(1),
});
export type PhotoOutput = z.infer<typeof PhotoOutput>;

const SeenIn = z.object({
  title: z.string(),
  name: z.string(),
  screenTime: seconds,
  firstSeen: seconds,
  lastSeen: seconds,
  bestFrame: z.object({ time: seconds, box }),
  tracks: z.array(z.string()),
});

export const PersonDetail = PersonOutput.extend({ photoList: z.array(PhotoOutput), seenIn: z.array(SeenIn) });
export type PersonDetail = z.infer<typeof PersonDetail>;

export const PhotosOutput = z.object({ items: z.array(PhotoOutput) });
export type PhotosOutput = z.infer<typeof PhotosOutput>;

export const PeopleQuery = PageQuery.extend({
  named: flag.describe('true: people with a name; false: strangers'),
  hidden: flag,
});
export type PeopleQuery = z.infer<typeof PeopleQuery>;

export const PersonPatch = z
  .object({ name: name.optional(), hidden: z.boolean().optional() })
  .refine((patch) => patch.name !== undefined || patch.hidden !== undefined, { message: 'Give name or hidden' });
export type PersonPatch = z.infer<typeof PersonPatch>;

const Tracks = z.object({ title: z.string(), tracks: z.array(z.string()).min(1).max(10_000) });

export const MergeInput = z.object({ people: z.array(z.string()).min(1).max(100).describe('They become this person') });
export type MergeInput = z.infer<typeof MergeInput>;

export const TracksInput = Tracks;
export type TracksInput = z.infer<typeof TracksInput>;

export const SplitInput = z.object({ tracks: z.array(Tracks).min(1).max(1000), name: name.optional() });
export type SplitInput = z.infer<typeof SplitInput>;

export const IdentifyOutput = z.object({
  limited: z.boolean().describe('Only people of the title, or of what was on air, were considered'),
  onAir: z.array(z.object({ title: z.string(), channel: z.string(), start: z.string(), stop: z.string() })).nullable(),
  notes: z.array(z.string()).describe('What of the broadcast guide could not be read'),
  faces: z.array(
    z.object({
      box,
      known: z.boolean().describe('The first candidate is likely enough to be named'),
      candidates: z
        .array(
          z.object({
            id: z.string(),
            name: z.string(),
            confidence: z.number().min(0).max(1),
            titles: z.array(z.object({ id: z.string(), name: z.string() })),
          }),
        )
        .max(3),
    }),
  ),
});
export type IdentifyOutput = z.infer<typeof IdentifyOutput>;
