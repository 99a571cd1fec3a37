import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { KinoscopeError } from '../core/errors.js';
import { printableLine, printableLines } from '../core/terminal.js';
import { MODELS, type Models } from '../inference/types.js';
import { enrolFolder } from '../people/enrol-folder.js';
import { Erasure } from '../people/erasure.js';
import { Naming } from '../people/naming.js';
import { People } from '../people/people.js';
import { PhotoSearch, type SearchedPerson } from '../people/photos/photo-search.service.js';
import { TitlesService } from '../titles/titles.service.js';
import { personOf } from './person.js';
import { type Answer, runCommand, type Session } from './session.js';

type Open = () => Promise<INestApplicationContext>;

const models = async (session: Session): Promise<Models> => (await session.app()).get<Models>(MODELS);
const people = async (session: Session): Promise<People> => (await session.app()).get(People);

/** In the titles, after a change of the gallery. */
const refreshNames = async (session: Session): Promise<void> => (await session.app()).get(Naming).refreshAllNames();

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** @throws KinoscopeError `usage` */
function parseFace(text: string): [path: string, number: number] {
  const at = text.lastIndexOf('=');
  const number = Number(text.slice(at + 1));
  if (at < 1 || !Number.isInteger(number) || number < 1)
    throw new KinoscopeError('usage', `"${text}" names no face: give one as "Ada Abel/party.jpg=2"`);
  return [text.slice(0, at), number];
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

/** people: the gallery. */
export function addPeopleCommands(program: Command, open: Open): void {
  const gallery = program.command('people').description('the gallery: enroll, list, name, merge, delete');
  addEnroll(gallery, open);
  addFetch(gallery, open);
  addList(gallery, open);
  addName(gallery, open);
  addForgetFaces(gallery, open);
  addMerge(gallery, open);
  addDelete(gallery, open);
}
