import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { makeDemoGallery } from '../../scripts/demo-film.mjs';
import { shortFilm } from '../films/film.js';
import { filesThatHold } from '../library/bytes.js';
import { drawScreen } from '../library/drawn-screen.js';
import { TestService, type JobView } from './service.js';

interface PersonView {
  readonly id: string;
  readonly name: string | null;
  readonly label: string | null;
  readonly hidden: boolean;
  readonly photos: number;
  readonly titles: number;
  readonly photoList: { id: string; file: string; flag: string | null }[];
  readonly seenIn: { title: string; tracks: string[]; bestFrame: { time: number } }[];
}
interface OnScreenView {
  readonly name: string | null;
  readonly label: string | null;
  readonly personId: string | null;
  readonly track: string;
}
interface IdentifiedView {
  readonly limited: boolean;
  readonly onAir: { title: string; channel: string }[] | null;
  readonly screen: number[][] | null;
  readonly exif: { at: string | null; place: boolean } | null;
  readonly notes: string[];
  readonly faces: {
    box: number[];
    known: boolean;
    candidates: {
      name: string;
      confidence: number;
      titles: { id: string }[];
      lastOnAir: { title: string; channel: string; start: string } | null;
      nextOnAir: { title: string } | null;
    }[];
  }[];
}

/** When the guide has the film on air, in Paris. */
const EVENING = '2026-04-02T21:35:00+02:00';
const GUIDE = `<tv><channel id="1"><display-name>One</display-name></channel>
  <programme start="20260402213000 +0200" stop="20260402223000 +0200" channel="1"><title>A Film</title></programme>
  <programme start="20260403213000 +0200" stop="20260403223000 +0200" channel="1"><title>Other</title>
    <credits><actor>ínes ilves</actor></credits></programme></tv>`;

let folder: string;
let service: TestService;
let title: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-people-'));
  await makeDemoGallery(join(folder, 'gallery'));
  await copyFile(await shortFilm(), join(folder, 'film.mp4'));
  await writeFile(join(folder, 'guide.xml'), GUIDE);
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: folder, KINOSCOPE_GUIDE: join(folder, 'guide.xml') });
  const created = (await (
    await service.post('/v1/titles', { path: join(folder, 'film.mp4'), name: 'A film' })
  ).json()) as { title: { id: string } };
  title = created.title.id;
  const { job } = (await (await service.post(`/v1/titles/${title}/analyses`, { kinds: ['cast'] })).json()) as {
    job: JobView;
  };
  const last = (await service.follow(job.id)).at(-1);
  if (last?.state !== 'done') throw new Error(`The analysis ended as ${last?.state}: ${last?.error?.message}`);
}, 240_000);

afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

const photoOf = (name: string): Promise<Buffer> => readFile(join(folder, 'gallery', name, '1.jpg'));

function form(fields: Record<string, string>, photos: readonly { name: string; bytes: Uint8Array }[]): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.append(name, value);
  for (const { name, bytes } of photos) made.append('photos', new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
  return made;
}

const send = (path: string, body: FormData, headers: Record<string, string> = {}): Promise<Response> =>
  service.fetch(path, { method: 'POST', body, headers });
const patch = (id: string, body: unknown): Promise<Response> =>
  service.fetch(`/v1/people/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const person = (id: string): Promise<PersonView> => service.get<PersonView>(`/v1/people/${id}`);
const at = async (time: number): Promise<OnScreenView[]> =>
  (await service.get<{ cast: OnScreenView[] }>(`/v1/titles/${title}/cast?t=${time}`)).cast;
const names = async (): Promise<(string | null)[]> => (await at(0.5)).map(({ name }) => name);

async function problem(response: Response, status: number): Promise<string> {
  expect([response.status, response.headers.get('content-type')]).toEqual([
    status,
    expect.stringMatching(/^application\/problem\+json/),
  ]);
  return ((await response.json()) as { detail: string }).detail;
}

async function add(name: string, from = name): Promise<PersonView> {
  const response = await send('/v1/people', form({ name }, [{ name: 'one.jpg', bytes: await photoOf(from) }]));
  expect(response.status).toBe(201);
  return (await response.json()) as PersonView;
}

describe('people', () => {
  it('are strangers at first: numbered, with a picture, the same at every question', async () => {
    expect(await names()).toEqual((await at(0.5)).map(() => null));
    const first = await service.get<{ items: PersonView[] }>('/v1/people?named=false&limit=1000');
    expect(first.items.length).toBeGreaterThan(3);
    expect(first.items.find(({ label }) => label === 'person 1')).toMatchObject({ name: null, titles: 1 });
    expect(await service.get('/v1/people?named=false&limit=1000')).toEqual(first);
    const picture = await service.fetch(`/v1/people/${first.items[0]!.id}/face`);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(await sharp(Buffer.from(await picture.arrayBuffer())).metadata()).toMatchObject({
      format: 'jpeg',
      width: 160,
      height: 160,
    });
  }, 60_000);

  it('are named in films that were analysed before, as soon as they are added with a photo', async () => {
    const ada = await add('Ada Abel');
    expect(ada).toMatchObject({ name: 'Ada Abel', label: null, photos: 1, titles: 1 });
    expect(ada.seenIn[0]!.title).toBe(title);
    expect(await names()).toContain('Ada Abel');
    const { scenes } = await service.get<{ scenes: { cast: { name: string | null }[] }[] }>(`/v1/titles/${title}/cast`);
    expect(scenes[0]!.cast.map(({ name }) => name)).toContain('Ada Abel');
    expect(await readdir(join(service.home, 'incoming'))).toEqual([]);
  }, 60_000);

  it('page through once each', async () => {
    const all = (await service.get<{ items: PersonView[] }>('/v1/people?limit=1000')).items.map(({ id }) => id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: PersonView[]; nextCursor: string | null } = await service.get(
        `/v1/people?limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(all);
  }, 60_000);

  it('are renamed and hidden everywhere', async () => {
    const { items } = await service.get<{ items: PersonView[] }>('/v1/people?named=true');
    const { id } = items.find(({ name }) => name === 'Ada Abel')!;
    expect(((await (await patch(id, { name: 'Ada A.' })).json()) as PersonView).name).toBe('Ada A.');
    expect(await names()).toContain('Ada A.');
    await patch(id, { hidden: true });
    expect(await names()).not.toContain('Ada A.');
    expect(
      (await service.get<{ items: PersonView[] }>('/v1/people?hidden=false&named=true')).items.map((one) => one.id),
    ).not.toContain(id);
    await patch(id, { hidden: false, name: 'Ada Abel' });
    expect(await names()).toContain('Ada Abel');
  }, 60_000);

  it('who are strangers get a name by their id, and "not this person" takes a name away', async () => {
    const stranger = (await at(0.5)).find(({ name, personId }) => name === null && personId !== null)!;
    await patch(stranger.personId!, { name: 'Zoe' });
    expect((await at(0.5)).find(({ track }) => track === stranger.track)?.name).toBe('Zoe');
    const answer = await service.post(`/v1/people/${stranger.personId}/not`, { title, tracks: [stranger.track] });
    expect(answer.status).toBe(200);
    expect((await at(0.5)).find(({ track }) => track === stranger.track)?.name).toBeNull();
    const given = await service.post(`/v1/people/${stranger.personId}/tracks`, { title, tracks: [stranger.track] });
    expect(given.status).toBe(200);
    expect((await at(0.5)).find(({ track }) => track === stranger.track)?.name).toBe('Zoe');
    const split = await service.post(`/v1/people/${stranger.personId}/split`, {
      tracks: [{ title, tracks: [stranger.track] }],
      name: 'Yva',
    });
    expect(split.status).toBe(201);
    expect((await at(0.5)).find(({ track }) => track === stranger.track)?.name).toBe('Yva');
    const yva = (await split.json()) as PersonView;
    const merged = await service.post(`/v1/people/${stranger.personId}/merge`, { people: [yva.id] });
    expect(((await merged.json()) as PersonView).name).toBe('Zoe');
    await problem(await service.fetch(`/v1/people/${yva.id}`), 404);

    // What was said is listed, undone by deleting it, and said in the same words again.
    type Said = {
      readonly id: string;
      readonly kind: string;
      readonly other: string | null;
      readonly title: string | null;
    };
    const said = async (query: string) => (await service.get<{ items: Said[] }>(`/v1/constraints?${query}`)).items;
    const one = (await said(`person=${stranger.personId}`)).find(({ other }) => other === yva.id)!;
    expect(one).toMatchObject({ kind: 'mustLink', person: stranger.personId, title: null, tracks: [] });
    expect((await service.fetch(`/v1/constraints/${one.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await at(0.5)).find(({ track }) => track === stranger.track)?.name).toBe('Yva');
    const about = { kind: 'cannotLink', person: yva.id, title, tracks: [stranger.track] };
    const made = await service.post('/v1/constraints', about);
    expect([made.status, await made.json()]).toEqual([201, expect.objectContaining({ ...about, other: null })]);
    expect((await at(0.5)).find(({ track }) => track === stranger.track)?.name).not.toBe('Yva');
    expect((await said(`title=${title}`)).map(({ kind }) => kind)).toContain('cannotLink');
    await service.post('/v1/constraints', { ...about, kind: 'mustLink', person: stranger.personId });
    expect((await at(0.5)).find(({ track }) => track === stranger.track)?.name).toBe('Zoe');
    await problem(await service.post('/v1/constraints', { ...about, other: yva.id }), 400);
    await problem(await service.post('/v1/constraints', { ...about, tracks: ['t9999'] }), 404);
    await problem(await service.fetch('/v1/constraints/c-none', { method: 'DELETE' }), 404);
    expect((await service.fetch(`/v1/people/${yva.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await said(`person=${yva.id}`)).toEqual([]);
  }, 60_000);

  it('have photos that come and go, and flagged ones do not count', async () => {
    const { id } = await add('Carla Castel');
    const blank = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#456' } })
      .jpeg()
      .toBuffer();
    const more = await send(
      `/v1/people/${id}/photos`,
      form({}, [
        { name: 'again.jpg', bytes: Buffer.concat([await photoOf('Carla Castel'), Buffer.from('x')]) },
        { name: 'blank.jpg', bytes: blank },
      ]),
    );
    expect(more.status).toBe(201);
    const detail = (await more.json()) as PersonView;
    expect(detail.photoList.map(({ file, flag }) => [file, flag]).sort()).toEqual([
      ['again.jpg', null],
      ['blank.jpg', 'no-face'],
      ['one.jpg', null],
    ]);
    const wrong = detail.photoList.find(({ file }) => file === 'again.jpg')!;
    expect((await service.fetch(`/v1/people/${id}/photos/${wrong.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await person(id)).photos).toBe(1);
  }, 60_000);

  it('are refused without a name, with a taken one, without a face, or twice in one frame', async () => {
    const blank = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#456' } })
      .jpeg()
      .toBuffer();
    await problem(await send('/v1/people', form({}, [{ name: 'a.jpg', bytes: await photoOf('Ada Abel') }])), 400);
    await problem(await send('/v1/people', form({ name: 'Nobody' }, [])), 400);
    await problem(await service.post('/v1/people', { name: ' ' }), 400);
    await problem(
      await send('/v1/people', form({ name: 'Ada Abel' }, [{ name: 'a.jpg', bytes: await photoOf('Ada Abel') }])),
      409,
    );
    expect(
      await problem(await send('/v1/people', form({ name: 'Nobody' }, [{ name: 'b.jpg', bytes: blank }])), 422),
    ).toMatch(/b\.jpg \(no-face\)/);
    await problem(
      await send('/v1/people', form({ name: 'Nobody' }, [{ name: 'c.jpg', bytes: Buffer.from('no picture') }])),
      422,
    );
    const together = (await at(0.5)).flatMap(({ personId }) => personId ?? []);
    expect(together.length).toBeGreaterThan(1);
    await problem(await service.post(`/v1/people/${together[0]}/merge`, { people: [together[1]] }), 409);
    await problem(await service.post(`/v1/people/${together[0]}/merge`, { people: ['p-none'] }), 404);
    await problem(await service.post(`/v1/people/${together[0]}/not`, { title, tracks: ['t9999'] }), 404);
    await problem(await patch('p-none', { name: 'x' }), 404);
    await problem(await patch(together[0]!, {}), 400);
    expect(await readdir(join(service.home, 'incoming'))).toEqual([]);
    expect(
      (await service.get<{ items: PersonView[] }>('/v1/people?named=true')).items.map(({ name }) => name),
    ).not.toContain('Nobody');
  }, 60_000);

  it('are made once for one Idempotency-Key, until they are deleted', async () => {
    const headers = { 'idempotency-key': 'ines' };
    const make = async (): Promise<Response> =>
      send(
        '/v1/people',
        form({ name: 'Ines Ilves' }, [{ name: 'one.jpg', bytes: await photoOf('Ines Ilves') }]),
        headers,
      );
    const [first, again] = [await make(), await make()];
    const text = await first.text();
    expect([again.status, await again.text()]).toEqual([first.status, text]);
    const { id } = JSON.parse(text) as PersonView;
    expect((await service.fetch(`/v1/people/${id}`, { method: 'DELETE' })).status).toBe(204);
    const added = (await (await make()).json()) as PersonView;
    expect([added.name, added.id === id]).toEqual(['Ines Ilves', false]);
  }, 60_000);
});

describe('identify', () => {
  const ask = async (fields: Record<string, string>, name: string): Promise<Response> =>
    send('/v1/identify', form(fields, [{ name: 'screen.jpg', bytes: await photoOf(name) }]));
  const answer = async (fields: Record<string, string>, name: string): Promise<IdentifiedView> => {
    const response = await ask(fields, name);
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    return (await response.json()) as IdentifiedView;
  };

  it('gives the best name, alternatives and where else they are seen', async () => {
    const { limited, onAir, faces } = await answer({}, 'Ada Abel');
    expect([limited, onAir, faces[0]!.known, faces[0]!.candidates[0]!.name]).toEqual([false, null, true, 'Ada Abel']);
    expect(faces[0]!.candidates).toHaveLength(3);
    const [{ lastOnAir }] = faces[0]!.candidates as [IdentifiedView['faces'][0]['candidates'][0]];
    expect(lastOnAir).toMatchObject({ title: 'A Film', channel: 'One', start: '2026-04-02T19:30:00.000Z' });
    expect(faces[0]!.candidates[0]!.titles.map(({ id }) => id)).toEqual([title]);
    expect(faces[0]!.box.every((side) => side >= 0 && side <= 1)).toBe(true);
  }, 60_000);

  it("considers only who was on air then: the library's title of that name, or the guide's own cast", async () => {
    const film = await answer({ at: EVENING, place: '48.86,2.35' }, 'Ada Abel');
    expect([film.limited, film.onAir?.map((one) => one.title), film.faces[0]!.candidates[0]!.name]).toEqual([
      true,
      ['A Film'],
      'Ada Abel',
    ]);
    const other = await answer({ at: '2026-04-03T21:35:00+02:00' }, 'Ada Abel');
    expect([other.limited, other.faces[0]!.known, other.faces[0]!.candidates.map(({ name }) => name)]).toEqual([
      true,
      false,
      ['Ines Ilves'],
    ]);
    expect(other.faces[0]!.candidates[0]!.lastOnAir).toMatchObject({ title: 'Other' });
    const { onAir, faces } = await answer({ at: '2026-04-02T12:00:00+02:00' }, 'Ada Abel');
    const [best] = faces[0]!.candidates;
    expect([onAir, best!.lastOnAir, best!.nextOnAir?.title]).toEqual([[], null, 'A Film']);
    const nothing = await answer({ at: '2026-05-03T21:35:00+02:00' }, 'Ada Abel');
    expect([nothing.limited, nothing.onAir]).toEqual([false, []]);
  }, 60_000);

  it('considers only who appears in a title', async () => {
    const { limited, faces } = await answer({ title }, 'Ada Abel');
    expect([limited, faces[0]!.candidates[0]!.name]).toEqual([true, 'Ada Abel']);
    await problem(await ask({ title: '000000000000000000000000' }, 'Ada Abel'), 404);
  }, 60_000);

  /** Ada's photo on a television, seen from the side. */
  const television = async (): Promise<Sharp> => {
    const { data, info } = await sharp(await photoOf('Ada Abel'))
      .resize(640, 360, { fit: 'contain', background: '#345' })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const corners = [[220, 180], [1000, 90], [1020, 700], [240, 600]] as const; // prettier-ignore
    const drawn = drawScreen({ width: info.width, height: info.height, data }, { width: 1200, height: 800, corners });
    return sharp(drawn.data, { raw: { width: drawn.width, height: drawn.height, channels: 3 } });
  };
  const TAKEN = {
    IFD2: { DateTimeOriginal: '2026:04:02 21:35:00', OffsetTimeOriginal: '+02:00' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 51/1 36/1', GPSLongitudeRef: 'E', GPSLongitude: '2/1 21/1 0/1' },
  };
  const shot = async (fields: Record<string, string>, exif: Record<string, Record<string, string>>): Promise<Response> =>
    send('/v1/identify', form(fields, [{ name: 'tv.jpg', bytes: await (await television()).withExif(exif).jpeg().toBuffer() }])); // prettier-ignore

  it('finds the screen in a photo and answers a face in it once', async () => {
    const { screen, exif, onAir, faces } = (await (await shot({}, TAKEN)).json()) as IdentifiedView;
    expect(faces.map(({ known, candidates }) => [known, candidates[0]!.name])).toEqual([[true, 'Ada Abel']]);
    expect(screen!.map(([x, y]) => [Math.round(x! * 12), Math.round(y! * 8)])).toEqual([[2, 2], [10, 1], [10, 7], [2, 6]]); // prettier-ignore
    expect([exif, onAir]).toEqual([null, null]);
  }, 60_000);

  it('takes the time and place of a photo from its EXIF where it is asked to, and says what it lacks', async () => {
    const asked = (await (await shot({ useExif: 'true' }, TAKEN)).json()) as IdentifiedView;
    expect([asked.exif, asked.onAir?.map((one) => one.title)]).toEqual([
      { at: '2026-04-02T19:35:00.000Z', place: true },
      ['A Film'],
    ]);
    const given = await shot({ useExif: 'true', at: '2026-04-03T21:35:00+02:00' }, TAKEN);
    const other = (await given.json()) as IdentifiedView;
    expect([other.exif, other.onAir?.map((one) => one.title)]).toEqual([{ at: null, place: true }, ['Other']]);
    const without = (await (await shot({ useExif: 'true' }, {})).json()) as IdentifiedView;
    expect([without.exif, without.onAir]).toEqual([{ at: null, place: false }, null]);
    expect(without.notes).toEqual([expect.stringContaining('EXIF tells no time')]);
    await problem(await shot({ useExif: 'perhaps' }, {}), 400);
  }, 60_000);

  it('refuses a time, a place or a picture that is none', async () => {
    await problem(await ask({ at: 'tonight' }, 'Ada Abel'), 400);
    await problem(await ask({ at: EVENING, place: 'Paris' }, 'Ada Abel'), 400);
    await problem(await ask({ place: '48.86,2.35' }, 'Ada Abel'), 400);
    await problem(await send('/v1/identify', form({}, [])), 400);
    await problem(await send('/v1/identify', form({}, [{ name: 'a.jpg', bytes: Buffer.from('none') }])), 422);
  }, 60_000);
});

describe('a person who is deleted', () => {
  it('is gone from the gallery, from answers and from identify', async () => {
    const { items } = await service.get<{ items: PersonView[] }>('/v1/people?named=true');
    const { id } = items.find(({ name }) => name === 'Ada Abel')!;
    expect((await service.fetch(`/v1/people/${id}/face`)).status).toBe(200);
    const pictures = await readdir(join(service.home, 'faces', 'default'));
    expect((await service.fetch(`/v1/people/${id}`, { method: 'DELETE' })).status).toBe(204);
    await problem(await service.fetch(`/v1/people/${id}`), 404);
    expect(await names()).not.toContain('Ada Abel');
    expect((await at(0.5)).map(({ personId }) => personId)).not.toContain(id);
    expect((await readdir(join(service.home, 'faces', 'default'))).length).toBeLessThan(pictures.length);
    expect(filesThatHold(service.home, 'Ada Abel')).toEqual([]);
    const asked = await send('/v1/identify', form({}, [{ name: 'a.jpg', bytes: await photoOf('Ada Abel') }]));
    const { faces } = (await asked.json()) as IdentifiedView;
    expect([faces[0]!.known, faces[0]!.candidates.map(({ name }) => name).includes('Ada Abel')]).toEqual([
      false,
      false,
    ]);
    await problem(await service.fetch(`/v1/people/${id}`, { method: 'DELETE' }), 404);
  }, 60_000);
});
