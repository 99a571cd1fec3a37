import { parentPort } from 'node:worker_threads';
import { asKinoscopeError } from '../core/errors.js';
import type { Areas, Receivable } from './areas.js';
import { readGuideFile } from './guide-file.js';
import type { GuideAnswer, GuideRequest, Kind, Questions } from './guide-thread.js';
import { readKept, withPast, writeKept } from './kept-guide.js';
import { around, type GuideIndex, indexOf, plainName, programmesOf, programmesOfAny } from './names.js';
import { signatureOf } from './sources.js';
import type { CastMember, Channel, Programme } from './xmltv.js';

/** The program of the thread that reads guides. Questions are answered in their order. */

interface Guide {
  readonly programmes: readonly Programme[];
  readonly channels: ReadonlyMap<string, Channel>;
  /** Made when first asked for. */
  index?: GuideIndex;
}

type Ask<K extends Kind> = Questions[K]['ask'];
type Answer<K extends Kind> = Questions[K]['answer'];

/** Of one title. */
const MOST_CAST = 500;

const port = parentPort!;
let turn = Promise.resolve();

port.on('message', (request: GuideRequest) => {
  turn = turn.then(async () => port.postMessage(await settled(request)));
});

async function settled(request: GuideRequest): Promise<GuideAnswer> {
  const { id } = request;
  try {
    return { id, answer: await answer(request) };
  } catch (thrown) {
    const { code, message } = asKinoscopeError(thrown);
    return { id, error: { code, message } };
  }
}

function answer({ kind, ask }: GuideRequest): Promise<Questions[Kind]['answer']> {
  switch (kind) {
    case 'take':
      return take(ask);
    case 'onAir':
      return onAir(ask);
    case 'around':
      return lastAndNext(ask);
    case 'cast':
      return castOf(ask);
  }
}

async function take({ name, file, kept, since }: Ask<'take'>): Promise<Answer<'take'>> {
  const read = await readGuideFile(file, name);
  const guide = await withPast(read, kept, since);
  await writeKept(kept, guide);
  const { programmes, channels } = guide;
  return {
    channels: channels.length,
    programmes: programmes.length,
    from: programmes[0]?.start ?? null,
    to: programmes.at(-1)?.start ?? null,
    faults: [...read.faults],
  };
}

async function onAir({ at, ...where }: Ask<'onAir'>): Promise<Answer<'onAir'>> {
  const passes = await receivable(where);
  let covered = where.areas === null;
  const programmes: Programme[] = [];
  for (const { name, guide } of await read(where.sources)) {
    const here = passesIn(guide, name, passes);
    covered ||= guide.programmes.some(here);
    programmes.push(...guide.programmes.filter((one) => one.start <= at && at < one.stop && here(one)));
  }
  return { covered, programmes };
}

async function lastAndNext({ at, wanted, ...where }: Ask<'around'>): Promise<Answer<'around'>> {
  const passes = await receivable(where);
  const guides = (await read(where.sources)).map(({ name, guide }) => ({
    index: (guide.index ??= indexOf(guide.programmes)),
    here: passesIn(guide, name, passes),
  }));
  return wanted.map((one) =>
    around(
      guides.flatMap(({ index, here }) => programmesOfAny(index, one).filter(here)),
      at,
    ),
  );
}

async function castOf({ sources, titles }: Ask<'cast'>): Promise<Answer<'cast'>> {
  const guides = (await read(sources)).map(({ guide }) => (guide.index ??= indexOf(guide.programmes)));
  return titles.map((title) => {
    const cast = new Map<string, CastMember>();
    for (const member of guides.flatMap((index) => programmesOf(index, title)).flatMap((one) => one.cast)) {
      const key = plainName(member.name);
      const known = cast.get(key);
      // another broadcast may say whom they play
      if (key !== '' && (known ? known.role === null : cast.size < MOST_CAST)) cast.set(key, member);
    }
    return [...cast.values()];
  });
}

/** Areas change as guides do: a file is read again when it has. */
let areas: { readonly signature: string; readonly read: Areas } | null = null;

async function receivable({ areas: path, place }: Pick<Ask<'onAir'>, 'areas' | 'place'>): Promise<Receivable> {
  if (path === null || place === null) return () => true;
  const signature = `${path} ${await signatureOf(path)}`;
  if (areas?.signature !== signature) {
    // borders of all countries take a while to load
    const { Areas: read } = await import('./areas.js');
    areas = { signature, read: await read.read(path) };
  }
  return areas.read.at(place);
}

/** Asked once for each channel. */
function passesIn({ channels }: Guide, source: string, passes: Receivable): (programme: Programme) => boolean {
  const known = new Map<string, boolean>();
  return ({ channelId, channel }) => {
    const told = known.get(channelId) ?? passes(source, channels.get(channelId) ?? { id: channelId, names: [channel] });
    known.set(channelId, told);
    return told;
  };
}

const known = new Map<string, { readonly signature: string | null; readonly guide: Guide }>();

async function read(sources: Ask<'onAir'>['sources']): Promise<{ readonly name: string; readonly guide: Guide }[]> {
  const guides: { readonly name: string; readonly guide: Guide }[] = [];
  for (const { name, kept } of sources) guides.push({ name, guide: await readOne(kept) });
  return guides;
}

async function readOne(path: string): Promise<Guide> {
  const signature = await signatureOf(path);
  const there = known.get(path);
  if (there && there.signature === signature) return there.guide;
  known.delete(path);
  const { channels, programmes } = (await readKept(path)) ?? { channels: [], programmes: [] };
  const guide: Guide = { programmes, channels: new Map(channels.map((channel) => [channel.id, channel])) };
  known.set(path, { signature, guide });
  return guide;
}
