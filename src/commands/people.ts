import { basename } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { KinoscopeError } from '../core/errors.js';
import { printableLine, printableLines } from '../core/terminal.js';
import { type DetectedFace, detectFaces, type Face, readFaces } from '../faces/detect.js';
import { similarity } from '../faces/embed.js';
import { FACE_READERS } from '../faces/recognizers.js';
import { readPicture, withPhoto } from '../frames/picture.js';
import { parsePlace, parseTime } from '../guide/place.js';
import { type Identified, Identifier } from '../identify/identifier.js';
import { MODELS, type Models } from '../inference/types.js';
import { enrolFolder } from '../people/enrol-folder.js';
import { Erasure } from '../people/erasure.js';
import { NAMED_FROM, sameProbability } from '../people/gallery.js';
import { Naming } from '../people/naming.js';
import { People } from '../people/people.js';
import { PhotoSearch, type SearchedPerson } from '../people/photos/photo-search.service.js';
import { TitlesService } from '../titles/titles.service.js';
import { personOf } from './person.js';
import { type Answer, runCommand, type Session } from './session.js';
import { forEachStill } from './stills.js';

type Open = () => Promise<INestApplicationContext>;

const models = async (session: Session): Promise<Models> => (await session.app()).get<Models>(MODELS);
const people = async (session: Session): Promise<People> => (await session.app()).get(People);

/** In the titles, after a change of the gallery. */
const refreshNames = async (session: Session): Promise<void> => (await session.app()).get(Naming).refreshAllNames();

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

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** @throws KinoscopeError `usage` */
function parseFace(text: string): [path: string, number: number] {
  const at = text.lastIndexOf('=');
  const number = Number(text.slice(at + 1));
  if (at < 1 || !Number.isInteger(number) || number < 1)
    throw new KinoscopeError('usage', `"${text}" names no face: give one as "Ada Abel/party.jpg=2"`);
  return [text.slice(0, at), number];
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

function addEnroll(gallery: Command, open: Open): void {
  gallery
    .command('enroll')
    .argument('<dir>', 'a folder with a folder of photos for each person, named as the person')
    .option(
      '--face <photo=number>',
      'whose face it is in a photo of several, counted from the left: "Ada Abel/party.jpg=2" (may be repeated)',
      collect,
      [],
    )
    .description('learn people from photos')
    .action((folder: string, { face }: { face: readonly string[] }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const faces = new Map(face.map(parseFace));
        const onPerson = (name: string, done: number, all: number): void => session.progress(done / all, name);
        const {
          people: enrolled,
          passedOver,
          unclear,
        } = await enrolFolder(await models(session), folder, { faces, onPerson });
        const known = await people(session);
        for (const person of enrolled) await known.enrol(person);
        await refreshNames(session);
        const value = {
          people: enrolled.map(({ name, photos }) => ({
            name,
            photos: photos.filter(({ flag }) => flag === null).length,
            flagged: photos.flatMap(({ file, flag, reason }) => (flag === null ? [] : [{ file, flag, reason }])),
          })),
          passedOver,
        };
        const text = (): string =>
          printableLines([
            ...value.people.map(
              ({ name, photos, flagged }) =>
                `${name}: ${photos} photos${flagged.map(({ file, reason }) => `, not ${file} (${reason})`).join('')}`,
            ),
            ...passedOver.map(({ path, reason }) => `passed over: ${path}: ${reason}`),
            ...unclear.map(
              (path) =>
                `Which face is it, counted from the left? Say so with --face "${path}=1", or cut the photo: ${path}`,
            ),
          ]);
        return { value, text };
      }),
    );
}

function addFetch(gallery: Command, open: Open): void {
  gallery
    .command('fetch')
    .option('--title <title>', "only who is named of this one: a title's id, path or link")
    .description(
      'look for photos of who is named of titles: beside films, in .nfo files, folders (KINOSCOPE_PEOPLE_PHOTOS), TMDB',
    )
    .action(({ title }: { title?: string }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const app = await session.app();
        const { signal } = session;
        const only = title === undefined ? null : await app.get(TitlesService).resolve(title, { signal });
        const found = await app.get(PhotoSearch).fetch(only, { signal, onProgress: session.progress });
        const line = ({ name, learnt, passedOver }: SearchedPerson): string[] => [
          `${name}: ${learnt.length > 0 ? `${learnt.length} photos, from ${learnt.join(', ')}` : 'nothing found'}`,
          ...passedOver.map(({ from, reason }) => `  not ${from}: ${reason}`),
        ];
        return { value: { people: found }, text: () => printableLines(found.flatMap(line)) || 'Nobody to look for' };
      }),
    );
}

function addList(gallery: Command, open: Open): void {
  gallery
    .command('list')
    .description('who is known')
    .action((_options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const value = {
          people: (await (await people(session)).list()).map(({ id, name, photos }) => ({ id, name, photos })),
        };
        return {
          value,
          text: () =>
            printableLines(
              value.people.map(
                ({ id, name, photos }) => `${id}  ${name} (${photos} ${photos === 1 ? 'photo' : 'photos'})`,
              ),
            ) || 'Nobody is known yet',
        };
      }),
    );
}

const counted = (number: number, what: 'person' | 'stranger' = 'person'): string =>
  `${number} ${number === 1 ? what : what === 'person' ? 'people' : 'strangers'}`;

async function whatWouldGo(known: People): Promise<string> {
  const [{ people: named, strangers }, another] = await Promise.all([known.forgettable(), known.learntByAnother()]);
  const needless = another ? '' : ' Nothing calls for it: the network that read them is the one in use.';
  return (
    `This forgets the faces of ${counted(named)} with a name, who stay and whose photos have to be enrolled again, and removes ` +
    `${counted(strangers, 'stranger')}; it cannot be undone.${needless} Say --yes to do it`
  );
}

function addForgetFaces(gallery: Command, open: Open): void {
  gallery
    .command('forget-faces')
    .option('--yes', 'do it; without it, the command only says what would go')
    .description(
      'forget all faces, after the network that reads them has changed: strangers go; names stay, photos are to be enrolled again',
    )
    .action((options: { yes?: boolean }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const known = await people(session);
        if (!options.yes) throw new KinoscopeError('usage', await whatWouldGo(known));
        const value = await known.forgetFaces();
        await refreshNames(session);
        const text = (): string =>
          `The faces of ${counted(value.people)} are forgotten: enroll their photos again. Gone: ${counted(value.strangers, 'stranger')}`;
        return { value, text };
      }),
    );
}

function addName(gallery: Command, open: Open): void {
  gallery
    .command('name')
    .argument('<person>', 'an id, as of a stranger of a film, or a name')
    .argument('<name>')
    .description('name or rename somebody, in all films')
    .action((person: string, name: string, _options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const known = await people(session);
        const id = await personOf(known, person);
        const { photos } = await known.change(id, { name });
        await refreshNames(session);
        return { value: { id, name, photos }, text: () => printableLine(`${person} is ${name}`) };
      }),
    );
}

function addMerge(gallery: Command, open: Open): void {
  gallery
    .command('merge')
    .argument('<person>', 'the one that stays: an id or a name')
    .argument('<others...>', 'ids or names of who is the same person')
    .description('make several people one')
    .action((person: string, others: string[], _options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const known = await people(session);
        const [id, ...same] = await Promise.all([person, ...others].map((one) => personOf(known, one)));
        const { name, photos } = await known.merge(id!, ...same);
        await refreshNames(session);
        return { value: { id, name, photos }, text: () => printableLine(`${others.join(', ')} became ${name ?? id}`) };
      }),
    );
}

function addDelete(gallery: Command, open: Open): void {
  gallery
    .command('delete')
    .argument('<person>', 'an id or a name')
    .description('delete all that is known of somebody: photos, embeddings in all titles, names in answers')
    .action((person: string, _options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const id = await personOf(await people(session), person);
        const value = { id, ...(await (await session.app()).get(Erasure).erase(id)) };
        return {
          value,
          text: () => `Deleted: ${value.photos} photos, ${value.appearances} appearances in ${value.titles} titles`,
        };
      }),
    );
}

/** faces, compare, identify, people: pictures of faces, and the gallery. */
export function addPeopleCommands(program: Command, open: Open): void {
  addFaces(program, open);
  addCompare(program, open);
  addIdentify(program, open);
  const gallery = program.command('people').description('the gallery: enroll, list, name, merge, delete');
  addEnroll(gallery, open);
  addFetch(gallery, open);
  addList(gallery, open);
  addName(gallery, open);
  addForgetFaces(gallery, open);
  addMerge(gallery, open);
  addDelete(gallery, open);
}
