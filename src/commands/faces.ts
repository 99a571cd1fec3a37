import { basename } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { KinoscopeError } from '../core/errors.js';
import { printableLines } from '../core/terminal.js';
import { type DetectedFace, detectFaces, type Face, readFaces } from '../faces/detect.js';
import { similarity } from '../faces/embed.js';
import { FACE_READERS } from '../faces/recognizers.js';
import { readPicture, withPhoto } from '../frames/picture.js';
import { parsePlace, parseTime } from '../guide/place.js';
import { type Identified, Identifier } from '../identify/identifier.js';
import { MODELS, type Models } from '../inference/types.js';
import { NAMED_FROM, sameProbability } from '../people/gallery.js';
import { type Answer, runCommand, type Session } from './session.js';
import { forEachStill } from './stills.js';

type Open = () => Promise<INestApplicationContext>;

const models = async (session: Session): Promise<Models> => (await session.app()).get<Models>(MODELS);

const area = ({ box }: DetectedFace): number => box[2] * box[3];

/** The largest face of a picture. @throws KinoscopeError `unreadable` when there is none */
async function mainFace(session: Session, file: string): Promise<Face> {
  const faces = await readFaces(await models(session), await readPicture(file));
  if (faces.length === 0) throw new KinoscopeError('unreadable', `There is no face in ${file}`);
  return faces.reduce((largest, face) => (area(face) > area(largest) ? face : largest));
}

function presentFace(face: DetectedFace | Face) {
  const { box, score, landmarks } = face;
  return { box, score, landmarks, ...('embedding' in face ? { embedding: [...face.embedding] } : {}) };
}

function identifiedText({ onAir, notes, faces }: Identified): string {
  const say = ({ name, confidence, titles }: Identified['faces'][number]['candidates'][number]): string =>
    `${name} ${Math.round(confidence * 100)} %${titles.length > 0 ? ` (${titles.map((title) => title.name).join(', ')})` : ''}`;
  const who = ({ known, candidates: [best, ...others] }: Identified['faces'][number]): string => {
    if (!best) return 'unknown';
    const alternatives = others.length > 0 ? `, or ${others.map(say).join(', ')}` : '';
    const last = best.lastOnAir;
    const next = best.nextOnAir;
    const seen =
      (last ? `; last on air ${last.start}: ${last.title} (${last.channel})` : '') +
      (next ? `; next ${next.start}: ${next.title} (${next.channel})` : '');
    return known ? `${say(best)}${alternatives}${seen}` : `unknown, perhaps ${say(best)}${alternatives}`;
  };
  const fromLeft = [...faces].sort((a, b) => a.box[0] - b.box[0]);
  const lines = fromLeft.map((face, i) => (faces.length > 1 ? `face ${i + 1} from the left: ${who(face)}` : who(face)));
  const air =
    onAir === null
      ? []
      : [
          `On air: ${onAir.map(({ title, channel }) => `${title} (${channel})`).join(', ') || 'nothing that the guide knows'}`,
        ];
  const remarks = notes.map((note) => `note: ${note}`);
  return printableLines([...air, ...remarks, ...(lines.length > 0 ? lines : ['no face'])]);
}

function addFaces(program: Command, open: Open): void {
  program
    .command('faces')
    .argument('<image...>')
    .option('--embeddings', 'with the embedding of each face, of unit length')
    .description('the faces of pictures, boxes in pixels')
    .action((files: string[], options: { embeddings?: boolean }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const networks = await models(session);
        const value = await forEachStill(session, files, async (file) => {
          const image = await readPicture(file);
          const faces = options.embeddings ? await readFaces(networks, image) : await detectFaces(networks, image);
          return { file, width: image.width, height: image.height, faces: faces.map(presentFace) };
        });
        const line = (entry: (typeof value)[number]): string =>
          'error' in entry
            ? `${entry.file}: ${entry.error}`
            : `${entry.file}: ${entry.faces.map(({ box, score }) => `[${box.map(Math.round).join(', ')}] ${score.toFixed(2)}`).join('  ') || 'no face'}`;
        return { value, text: () => printableLines(value.map(line)) };
      }),
    );
}

function addCompare(program: Command, open: Open): void {
  program
    .command('compare')
    .argument('<a>')
    .argument('<b>')
    .description('whether two pictures show the same person (the largest face of each)')
    .action((a: string, b: string, _options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const [one, other] = [await mainFace(session, a), await mainFace(session, b)];
        const { recognizer } = FACE_READERS[(await models(session)).faces];
        const probability = sameProbability(similarity(one.embedding, other.embedding), recognizer);
        const value = { same: probability >= NAMED_FROM, similarity: probability };
        return {
          value,
          text: () => `${value.same ? 'The same person' : 'Two people'} (similarity ${probability.toFixed(2)})`,
        };
      }),
    );
}

interface IdentifyFlags {
  readonly title?: string;
  readonly at?: string;
  readonly place?: string;
  readonly useExif?: boolean;
}

function addIdentify(program: Command, open: Open): void {
  program
    .command('identify')
    .argument('<image>')
    .option('--title <id>', 'only people who appear in this title')
    .option('--at <time>', 'only people of what was on air then, by the broadcast guide: 2026-04-02T21:35:00+02:00')
    .option('--place <place>', 'where that was: latitude,longitude in degrees')
    .option('--use-exif', "where --at or --place is not given, what the photo's EXIF tells of it")
    .description('who of the gallery is in a photo, of a screen too: the best name and two alternatives for each face')
    .action((file: string, { title, at, place, useExif = false }: IdentifyFlags, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const options = {
          title,
          at: at === undefined ? undefined : parseTime(at),
          place: place === undefined ? undefined : parsePlace(place),
          useExif,
        };
        const identifier = (await session.app()).get(Identifier);
        const value = await withPhoto({ file, name: basename(file) }, (photo) => identifier.identify(photo, options), {
          useExif,
        });
        return {
          value: { ...value, faces: value.faces.map(({ fractions: _fractions, ...face }) => face) },
          text: () => identifiedText(value),
        };
      }),
    );
}

/** faces, compare, identify: pictures of faces. */
export function addFacesCommands(program: Command, open: Open): void {
  addFaces(program, open);
  addCompare(program, open);
  addIdentify(program, open);
}
