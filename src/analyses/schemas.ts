import { z } from 'zod';
import { JobOutput } from '../jobs/schemas.js';
import { box, fraction, instant, numeric, seconds } from '../openapi/fields.js';
import { USUAL_KINDS } from '../titles/documents.js';
import { AnalysisKindSchema } from '../titles/schemas.js';

/** What the routes about analyses take and answer. */

export const AnalysesInput = z
  .object({
    kinds: z
      .array(AnalysisKindSchema)
      .min(1)
      .default([...USUAL_KINDS]),
    force: z.boolean().default(false).describe('Analyse again although the answer is stored'),
    priority: z.number().int().min(0).max(9).default(0).describe('Jobs of a lower number start first'),
  })
  .meta({ id: 'AnalysesInput' });
export type AnalysesInput = z.infer<typeof AnalysesInput>;

const genreAnswer = {
  top3: z.array(z.object({ genre: z.string(), probability: fraction })).describe('The three most probable genres'),
  genres: z.record(z.string(), fraction).describe("Every genre's probability"),
  sure: z.boolean().describe('False when no genre is likely enough to rely on'),
};
const GenreWitness = z.object(genreAnswer).meta({ id: 'GenreWitness' });
const GenreWords = z.object({ ...genreAnswer, model: z.string() }).meta({ id: 'GenreWords' });

export const CorrectionNote = z
  .object({
    by: z.string().describe('Who said so: the id of a key, or what did'),
    createdAt: instant,
    updatedAt: instant,
    locked: z.boolean().describe('It stays as it is until it is unlocked'),
  })
  .meta({ id: 'CorrectionNote' });

/** An answer with, where a person has corrected it, who did and what the machine says. */
const correctable = <Shape extends z.ZodRawShape>(shape: Shape, id: string) =>
  z.object({
    ...shape,
    corrected: z.boolean().describe('A person said so: it is certain'),
    correction: CorrectionNote.optional().describe('Where a person has corrected it'),
    machine: z.object(shape).meta({ id }).optional().describe("Where a person has corrected it: the machine's answer"),
  });

const genreResult = {
  ...genreAnswer,
  witnesses: z
    .object({
      pictures: GenreWitness,
      words: GenreWords.nullable().describe('Of title, description and tags; null where they say nothing'),
    })
    .describe('What each says alone; the answer is their calibrated product, or that of the pictures'),
  frames: z.number().int().describe('Frames that the answer rests on'),
  dropped: z.number().int().describe('Frames that were left out because they say nothing'),
  evidence: z
    .array(z.object({ genre: z.string(), times: z.array(seconds) }))
    .describe('The frames that spoke most for each of the three that look most probable'),
  model: z.string().describe('Versions of the networks and of the genre model'),
};
const GenreResult = correctable(genreResult, 'GenreOfMachine');

export const SegmentKind = z.enum(['cards', 'roll', 'scene-inside', 'scene-after', 'logo', 'black']);
export const Segment = z
  .object({
    kind: SegmentKind,
    start: seconds,
    end: seconds,
    confidence: fraction,
    evidence: z.string().describe('What was seen, for a person'),
  })
  .meta({ id: 'CreditsSegment' });

const creditsResult = {
  creditsStart: seconds.nullable(),
  nextEpisodeAt: seconds.nullable().describe('When a player may offer the next episode'),
  frame: z.number().int().nullable(),
  timecode: z.string().nullable().describe('hh:mm:ss.mmm'),
  smpte: z.string().nullable().describe('SMPTE timecode of the frame, hh:mm:ss:ff, hh:mm:ss;ff in drop-frame count'),
  confidence: fraction,
  segments: z.array(Segment),
  sure: z.boolean().describe("Whether a player may act on it: the credits' start was found, and with certainty enough"),
  reason: z.string(),
  models: z.array(z.string()).describe('Versions of the networks that took part'),
  episodes: z
    .object({ agreeing: z.number().int(), reason: z.string() })
    .optional()
    .describe('What the other episodes of the season say, where some were analysed'),
};
const CreditsResult = correctable(creditsResult, 'CreditsOfMachine');

const ShotsResult = z.object({
  fps: z.number().nonnegative().describe('Frames a second, on average'),
  shots: z.array(
    z
      .object({
        start: seconds,
        end: seconds,
        startFrame: z.number().int().describe('Number of its first frame, from 0'),
        transition: z.enum(['cut', 'fade', 'dissolve']).describe('How it begins'),
      })
      .meta({ id: 'Shot' }),
  ),
});

const billedPart = { confidence: fraction.describe('That every letter is right'), start: seconds, end: seconds };
const BilledPart = z.object({ text: z.string(), ...billedPart }).meta({ id: 'BilledPart' });
export const sureName = z
  .boolean()
  .describe('Whether it is right so surely that it reaches players and files of libraries');
const billedText = { ...billedPart, sure: sureName };
const BilledText = z.object({ text: z.string(), ...billedText }).meta({ id: 'BilledText' });

const BillingResult = z.object({
  cast: z
    .array(
      z
        .object({
          character: z.string().nullable().describe('null where nobody says whom they play'),
          actor: z.string(),
          ...billedText,
        })
        .meta({ id: 'BilledActor' }),
    )
    .describe('In the order of the screen; names in capitals are spelled as one writes them'),
  crew: z.array(
    z
      .object({
        role: z.string(),
        department: z.string().nullable().describe('The heading that the role stands under'),
        names: z.array(BilledText),
      })
      .meta({ id: 'BilledCrew' }),
  ),
  companies: z.array(BilledText),
  songs: z.array(
    z
      .object({ title: z.string(), lines: z.array(z.string()).describe('What is said of it'), ...billedText })
      .meta({ id: 'BilledSong' }),
  ),
  lines: z
    .array(z.object({ start: seconds, end: seconds, parts: z.array(BilledPart) }).meta({ id: 'BilledLine' }))
    .describe('All that was read: texts side by side are parts of one line. Start and end: when it was seen'),
  reason: z.string().describe('Why nothing was read; empty where something was'),
  models: z.array(z.string()).describe('Versions of the networks that took part'),
});

export const CastMember = z
  .object({
    key: z.string().describe('As personId'),
    personId: z.string(),
    name: z.string().nullable(),
    label: z.string().nullable().describe('What to call a stranger: person 7'),
    confidence: fraction.describe('Of the name; of a stranger, that they are nobody of the gallery'),
    screenTime: seconds,
    firstSeen: seconds,
    lastSeen: seconds,
  })
  .meta({ id: 'CastMember' });

const CastPerson = CastMember.extend({
  bestFrame: z.object({ time: seconds, box }),
  appearances: z.array(z.string()),
  tracks: z.number().int().describe('How many'),
  inferredTime: seconds.describe(
    'Seconds on screen beside screenTime with the face not in view, told by the body in the shot or the clothes in the scene',
  ),
}).meta({ id: 'CastPerson' });

const Scene = z
  .object({
    start: seconds,
    end: seconds,
    shots: z.number().int().describe('How many'),
    cast: z.array(CastMember).describe('By screen time, longest first'),
    passersBy: z.number().int().describe('Tracks of strangers who were seen too briefly to tell them apart'),
  })
  .meta({ id: 'Scene' });

const Note = z
  .string()
  .nullable()
  .describe(
    'Why nobody can be named (another network has read the faces), and what to do; null where nothing stands against it',
  );

const CastResult = z.object({
  scenes: z.array(Scene),
  shots: z.array(z.object({ start: seconds, end: seconds, cast: z.array(z.string()).describe('personId') })),
  people: z.array(CastPerson).describe('Everybody but passers-by, by screen time, longest first'),
  note: Note,
});

const SoundResult = z.object({
  track: z
    .object({ codec: z.string(), sampleRate: z.number().int(), channels: z.number().int() })
    .nullable()
    .describe('The best track, as its container describes it; null where the film has no sound'),
  reason: z.string().describe('Why nothing is told; empty where something is'),
  duration: seconds.describe('Seconds of sound that were heard'),
  loudness: z
    .number()
    .nullable()
    .describe('Integrated loudness, LUFS (EBU R 128); null where nothing is louder than -70 LUFS'),
  loudnessRange: z.number().nullable().describe('LU (EBU Tech 3342); null where no 3 seconds are louder than -70 LUFS'),
  truePeak: z.number().nullable().describe('Highest true peak, dBTP (ITU-R BS.1770)'),
  speech: fraction.nullable().describe('Share of the time in which somebody speaks'),
  silence: fraction.nullable().describe('Share of windows of 400 ms that are not louder than -70 LUFS'),
  cutsPerMinute: z
    .number()
    .nonnegative()
    .nullable()
    .describe('Changes of shot a minute, as the analysis `shots` or `cast` has seen them; null where none has'),
});

const made = {
  detectorVersion: z.string().describe('Rules, parameters and networks that made it, by version and hash'),
  truncated: z.boolean().describe('The film ended before its container said that it would'),
};

export const GenreOutput = GenreResult.extend(made).meta({ id: 'Genre' });
export const CreditsOutput = CreditsResult.extend(made).meta({ id: 'Credits' });
export const BillingOutput = BillingResult.extend(made).meta({ id: 'Billing' });
export const SoundOutput = SoundResult.extend(made).meta({ id: 'Sound' });
export const ShotsOutput = ShotsResult.extend(made).meta({ id: 'Shots' });
export const CastOutput = CastResult.extend(made).meta({ id: 'Cast' });

export const ByWhat = z
  .enum(['face', 'body', 'scene'])
  .describe('What tells who it is: a face in view, a face seen on this body in the shot, clothes worn in the scene');
export const Perhaps = z
  .object({ personId: z.string(), name: z.string().nullable(), confidence: fraction })
  .nullable()
  .describe('Who it may be, where that is not sure enough for a name');

const OnScreen = z
  .object({
    key: z.string().describe("personId; of a passer-by, the appearance's key or the body's"),
    personId: z.string().nullable(),
    name: z.string().nullable(),
    label: z.string().nullable().describe('What to call a stranger: person 7'),
    confidence: fraction,
    track: z
      .string()
      .nullable()
      .describe('For corrections: the face track inside this title; null where no face was seen on the body'),
    box: box.describe(
      'Of the face, or of the head where no face is in view: [x, y, width, height], fractions of the frame',
    ),
    by: ByWhat,
    body: box.nullable().describe('Of the body; null where only a face was seen'),
    perhaps: Perhaps,
  })
  .meta({ id: 'OnScreen' });

export const CastAtOutput = z
  .object({
    at: seconds,
    cast: z.array(OnScreen).describe('Everybody on screen, by confidence, highest first'),
    scene: z
      .object({
        start: seconds,
        end: seconds,
        others: z
          .array(CastMember)
          .describe('Who is in the scene and not in this frame, by screen time, longest first'),
      })
      .nullable()
      .describe('The scene at that second; null where there is none, and with by=face'),
    note: Note,
  })
  .meta({ id: 'CastAt' });
export type CastAtOutput = z.infer<typeof CastAtOutput>;

/** `?t=` names no second. */
export const CastQuery = z.strictObject({
  t: numeric(z.number().nonnegative()).optional().describe('Seconds: who is on screen then'),
  by: z.enum(['face']).optional().describe('With t: only those whose face is in view, each by their face alone'),
});
export type CastQuery = z.infer<typeof CastQuery>;

/** With t, and without. */
export const CastAnswer = z.xor([CastOutput, CastAtOutput]);

const analysed = { ...made, finishedAt: instant };

export const AnalysisOutput = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('genre'), ...analysed, result: GenreResult.meta({ id: 'GenreResult' }) }),
    z.object({ kind: z.literal('credits'), ...analysed, result: CreditsResult.meta({ id: 'CreditsResult' }) }),
    z.object({ kind: z.literal('billing'), ...analysed, result: BillingResult.meta({ id: 'BillingResult' }) }),
    z.object({ kind: z.literal('cast'), ...analysed, result: CastResult.meta({ id: 'CastResult' }) }),
    z.object({ kind: z.literal('sound'), ...analysed, result: SoundResult.meta({ id: 'SoundResult' }) }),
    z.object({ kind: z.literal('shots'), ...analysed, result: ShotsResult.meta({ id: 'ShotsResult' }) }),
  ])
  .meta({ id: 'Analysis' });
export type AnalysisOutput = z.infer<typeof AnalysisOutput>;

export const AnalysesOutput = z
  .object({
    job: JobOutput.nullable().describe('What makes those that are missing'),
    analyses: z.array(AnalysisOutput),
  })
  .meta({ id: 'Analyses' });
export type AnalysesOutput = z.infer<typeof AnalysesOutput>;
