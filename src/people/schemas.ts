import { z } from 'zod';
import { withoutControls } from '../core/terminal.js';
import { box, flag, fraction, instant, pageOf, PageQuery, seconds } from '../openapi/fields.js';

/** What the routes about people take and answer. */

const name = z.string().normalize('NFC').overwrite(withoutControls).trim().min(1).max(200);
export const PersonName = name;

/** Somebody new: with photos as multipart/form-data, without as JSON. */
export const PersonInput = z.object({ name }).meta({ id: 'PersonInput' });
export const PersonUpload = z.object({ name, photos: z.array(z.file()) }).meta({ id: 'PersonUpload' });
export const PhotosUpload = z.object({ photos: z.array(z.file()) }).meta({ id: 'PhotosUpload' });

/** A photo, and what limits who is considered. */
export const IdentifyInput = z
  .object({
    photo: z.file(),
    title: z.string().optional().describe("A title's id"),
    at: z.iso.datetime({ offset: true }).optional(),
    place: z.string().optional().describe('Latitude and longitude in degrees: 48.86,2.35'),
    useExif: z
      .enum(['true', 'false'])
      .optional()
      .describe("Where at or place is not given, what the photo's EXIF tells of it; false unless it is asked for"),
  })
  .meta({ id: 'IdentifyInput' });

export const PersonOutput = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    aliases: z.array(z.string()).describe('Other names that they are found under'),
    label: z.string().nullable().describe('What to call a stranger: person 7'),
    hidden: z.boolean(),
    photos: z.number().int().describe('Photos that count'),
    titles: z.number().int(),
    screenTime: seconds,
    createdAt: instant,
  })
  .meta({ id: 'Person' });
export type PersonOutput = z.infer<typeof PersonOutput>;

export const PersonPage = pageOf(PersonOutput, 'PersonPage');
export type PersonPage = z.infer<typeof PersonPage>;

export const PhotoOutput = z
  .object({
    id: z.string(),
    file: z.string(),
    flag: z
      .enum(['no-face', 'several-faces', 'duplicate', 'outlier', 'unreadable', 'rejected'])
      .nullable()
      .describe('Why it does not count'),
    faces: z.number().int(),
    box: box.nullable(),
    quality: fraction,
    hint: z
      .enum(['too-small', 'blurred', 'turned-away'])
      .nullable()
      .describe('Why it teaches little; null also for what was learnt before this was looked at'),
    proposedFrom: z
      .string()
      .nullable()
      .describe(
        'Where it was found for their name: it counts less until somebody, or a film, confirms it; null: somebody gave it',
      ),
    confirmed: z.boolean().describe('Of one that was found: somebody said that it shows them'),
  })
  .meta({ id: 'Photo' });
export type PhotoOutput = z.infer<typeof PhotoOutput>;

const SeenIn = z.object({
  title: z.string().describe('Its id'),
  name: z.string(),
  screenTime: seconds,
  firstSeen: seconds,
  lastSeen: seconds,
  bestFrame: z.object({ time: seconds, box }),
  tracks: z.array(z.string()),
});

export const PersonDetail = PersonOutput.extend({ photoList: z.array(PhotoOutput), seenIn: z.array(SeenIn) }).meta({
  id: 'PersonDetail',
});
export type PersonDetail = z.infer<typeof PersonDetail>;

export const PhotoPatch = z
  .strictObject({ confirmed: z.boolean().describe('Whether the photo that was found shows them') })
  .meta({ id: 'PhotoPatch' });
export type PhotoPatch = z.infer<typeof PhotoPatch>;

export const PhotosOutput = z.object({ items: z.array(PhotoOutput) }).meta({ id: 'Photos' });
export type PhotosOutput = z.infer<typeof PhotosOutput>;

export const PeopleQuery = PageQuery.extend({
  named: flag.optional().describe('true: people with a name; false: strangers'),
  hidden: flag.optional(),
  q: z
    .string()
    .max(200)
    .optional()
    .describe('Words of a name or an alias, or beginnings of them; case and accents aside'),
});
export type PeopleQuery = z.infer<typeof PeopleQuery>;

export const PersonPatch = z
  .object({
    name: name.nullable().optional().describe('null: a stranger again'),
    hidden: z.boolean().optional(),
    aliases: z.array(name).max(50).optional().describe('All of them'),
  })
  .refine(({ name: given, hidden, aliases }) => [given, hidden, aliases].some((one) => one !== undefined), {
    message: 'Give name, hidden or aliases',
  })
  .meta({ id: 'PersonPatch' });
export type PersonPatch = z.infer<typeof PersonPatch>;

const Tracks = z.object({ title: z.string(), tracks: z.array(z.string()).min(1).max(10_000) }).meta({ id: 'Tracks' });

export const MergeInput = z
  .object({ people: z.array(z.string()).min(1).max(100).describe('They become this person') })
  .meta({ id: 'MergeInput' });
export type MergeInput = z.infer<typeof MergeInput>;

export const TracksInput = Tracks;
export type TracksInput = z.infer<typeof TracksInput>;

export const SplitInput = z
  .object({
    tracks: z.array(Tracks).min(1).max(1000),
    name: name.optional().describe('Of a new person; left out, they are a stranger'),
    into: z.string().optional().describe('Somebody who is there already: their id'),
  })
  .refine(({ name: given, into }) => given === undefined || into === undefined, { message: 'Give either name or into' })
  .meta({ id: 'SplitInput' });
export type SplitInput = z.infer<typeof SplitInput>;

/** A programme of a broadcast guide. */
export const OnAir = z
  .object({
    title: z.string(),
    subtitle: z.string().nullable().describe('Of an episode'),
    season: z.number().int().nullable(),
    episode: z.number().int().nullable(),
    channel: z.string(),
    start: instant,
    stop: instant,
  })
  .meta({ id: 'Broadcast' });

export const IdentifyOutput = z
  .object({
    limited: z.boolean().describe('Only people of the title, or of what was on air, were considered'),
    onAir: z.array(OnAir).nullable(),
    screen: z
      .array(z.tuple([z.number(), z.number()]))
      .length(4)
      .nullable()
      .describe(
        'Top left, top right, bottom right and bottom left of the screen that the photo shows, fractions of it; null: none was found',
      ),
    exif: z
      .object({
        at: instant.nullable().describe('The time that was taken from it; null: it tells none, or one was given'),
        place: z.boolean().describe('A place was taken from it'),
      })
      .nullable()
      .describe("What was taken from the photo's EXIF; null: nobody asked"),
    notes: z.array(z.string()).describe('What of the broadcast guide could not be read, and what the EXIF lacks'),
    faces: z.array(
      z.object({
        box,
        known: z.boolean().describe('The first candidate is likely enough to be named'),
        candidates: z
          .array(
            z.object({
              id: z.string(),
              name: z.string(),
              confidence: fraction,
              titles: z.array(z.object({ id: z.string(), name: z.string() })),
              lastOnAir: OnAir.nullable().describe(
                'The last programme of the broadcast guide that names them, or is a title that they appear in',
              ),
              nextOnAir: OnAir.nullable().describe('The one that begins next after that time'),
            }),
          )
          .max(3),
      }),
    ),
  })
  .meta({ id: 'Identified' });
export type IdentifyOutput = z.infer<typeof IdentifyOutput>;

export const ConstraintKind = z
  .enum(['mustLink', 'cannotLink'])
  .describe('mustLink: the tracks show the person, or the two are one; cannotLink: they do not, or are not');

export const ConstraintInput = z
  .object({
    kind: ConstraintKind,
    person: z.string(),
    other: z.string().optional().describe('Another person'),
    title: z.string().optional(),
    tracks: z.array(z.string()).min(1).max(10_000).optional().describe('Tracks of the title'),
  })
  .refine(({ other, title, tracks }) => (other === undefined) === (title !== undefined && tracks !== undefined), {
    message: 'Give either other, or title and tracks',
  })
  .meta({ id: 'ConstraintInput' });
export type ConstraintInput = z.infer<typeof ConstraintInput>;

export const ConstraintOutput = z
  .object({
    id: z.string(),
    kind: ConstraintKind,
    person: z.string(),
    other: z.string().nullable(),
    title: z.string().nullable(),
    tracks: z.array(z.string()),
    by: z.string().describe('Who said so: the id of a key, or what did'),
    createdAt: instant,
  })
  .meta({ id: 'Constraint' });
export type ConstraintOutput = z.infer<typeof ConstraintOutput>;

export const SuggestionsQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(20) });
export type SuggestionsQuery = z.infer<typeof SuggestionsQuery>;

export const ConstraintSuggestions = z
  .object({
    items: z.array(
      z
        .object({
          person: PersonOutput.describe('Would stay'),
          other: PersonOutput,
          similarity: z.number().min(-1).max(1).describe('Cosine of what was learnt of the two'),
          probability: fraction.describe('That two photos as alike as these are of one person'),
        })
        .meta({ id: 'ConstraintSuggestion' }),
    ),
  })
  .meta({ id: 'ConstraintSuggestions' });
export type ConstraintSuggestions = z.infer<typeof ConstraintSuggestions>;

export const ConstraintPage = pageOf(ConstraintOutput, 'ConstraintPage');
export type ConstraintPage = z.infer<typeof ConstraintPage>;

export const ConstraintsQuery = PageQuery.extend({
  person: z.string().optional().describe('Only what is said of this person'),
  title: z.string().optional().describe('Only what is said of tracks of this title'),
});
export type ConstraintsQuery = z.infer<typeof ConstraintsQuery>;
