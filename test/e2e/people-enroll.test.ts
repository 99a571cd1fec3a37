import { appendFile, copyFile, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { makeDemoGallery } from '../../scripts/demo-film.mjs';
import { CommandLine } from './command.js';

interface Enrolled {
  readonly people: { name: string; photos: number; flagged: { file: string; flag: string; reason: string }[] }[];
  readonly passedOver: { path: string; reason: string }[];
}

let folder: string;
let gallery: string;
const cli = new CommandLine();
const inGallery = (...path: string[]): string => join(gallery, ...path);

/** A gallery as it lies on a network disk, after years. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-nas-'));
  gallery = join(folder, 'photo');
  await makeDemoGallery(gallery);
  const [ada, carla, ines] = ['Ada Abel', 'Carla Castel', 'Ines Ilves'];
  // A Mac has written the name, another system has written more photos of the same person.
  await rename(inGallery(ines!), inGallery('Inés Ilves'.normalize('NFD')));
  await mkdir(inGallery('Inés Ilves'.normalize('NFC')));
  const [photo] = (await readdir(inGallery('Inés Ilves'.normalize('NFD')))).sort();
  await copyFile(
    inGallery('Inés Ilves'.normalize('NFD'), photo!),
    inGallery('Inés Ilves'.normalize('NFC'), 'copy.jpg'),
  );
  for (const system of [
    '@eaDir',
    '#recycle',
    '.AppleDouble',
    'lost+found',
    'System Volume Information',
    '$RECYCLE.BIN',
  ]) {
    await mkdir(inGallery(system));
    await copyFile(inGallery(ada!, '1.jpg'), inGallery(system, '1.jpg'));
  }
  await mkdir(inGallery(ada!, '@eaDir'));
  await writeFile(inGallery(ada!, '._1.jpg'), 'resource fork');
  await writeFile(inGallery(ada!, 'Thumbs.db'), 'thumbnails');
  const sizes = await Promise.all(
    [ada, carla].map((name) =>
      sharp(inGallery(name!, '1.jpg')).resize({ height: 500 }).toBuffer({ resolveWithObject: true }),
    ),
  );
  const [left, right] = sizes.map(({ data, info }) => ({ data, width: info.width }));
  await mkdir(inGallery('Group'));
  await sharp({ create: { width: left!.width + right!.width, height: 500, channels: 3, background: 'black' } })
    .composite([
      { input: left!.data, left: 0, top: 0 },
      { input: right!.data, left: left!.width, top: 0 },
    ])
    .jpeg()
    .toFile(inGallery('Group', 'party.jpg'));
  await copyFile(inGallery('Group', 'party.jpg'), inGallery(ada!, 'party.jpg'));
  await writeFile(
    inGallery(ada!, 'IMG_0001.HEIC'),
    Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(200)]),
  );
  await writeFile(inGallery(ada!, 'notes.txt'), 'born in May');
  await writeFile(inGallery(ada!, 'broken.jpg'), 'no picture');
  await mkdir(inGallery(ada!, '2019'));
  await mkdir(inGallery('Nobody'));
  await copyFile(inGallery(ada!, '1.jpg'), inGallery('loose.jpg'));
  await symlink(folder, inGallery('out'));
  await symlink('.', inGallery('round'));
  await symlink('../photo', inGallery(carla!, 'around'));
  await symlink(inGallery(ada!), inGallery('Ada again'));
  await symlink('nowhere', inGallery('gone'));
  await symlink(join('..', carla!, '1.jpg'), inGallery('Nobody', 'linked.jpg'));
  await appendFile(join(folder, 'secret.jpg'), 'x');
  await symlink(join(folder, 'secret.jpg'), inGallery(carla!, 'secret.jpg'));
}, 60_000);

afterAll(async () => {
  cli.remove();
  await rm(folder, { recursive: true, force: true });
});

it('learns the people of a network disk, follows links inside it alone, and names what it passes over', async () => {
  const { people, passedOver } = await cli.json<Enrolled>('people', 'enroll', gallery);
  expect(people.map(({ name }) => name)).toEqual(
    ['Ada Abel', 'Carla Castel', 'Inés Ilves', 'Nobody'].map((name) => name.normalize('NFC')),
  );
  const ada = people[0]!;
  expect(ada.flagged).toEqual(
    [
      { file: 'IMG_0001.HEIC', flag: 'unreadable', reason: expect.stringContaining('HEIC') },
      { file: 'broken.jpg', flag: 'unreadable', reason: expect.any(String) },
      // Of its two faces the right one was taken: it is cut from the same picture.
      { file: 'party.jpg', flag: 'duplicate', reason: expect.any(String) },
    ].map((flagged) => expect.objectContaining(flagged)),
  );
  const reasons = Object.fromEntries(passedOver.map(({ path, reason }) => [path, reason]));
  expect(Object.keys(reasons).sort()).toEqual([
    'Ada Abel/2019',
    'Ada Abel/notes.txt',
    'Ada again',
    'Carla Castel/around',
    'Carla Castel/secret.jpg',
    'Group',
    'gone',
    'loose.jpg',
    'out',
    'round',
  ]);
  expect(reasons).toMatchObject({
    'Ada again': expect.stringContaining('read already'),
    out: expect.stringContaining('out of the folder'),
    gone: expect.stringContaining('nowhere'),
    Group: expect.stringMatching(/party\.jpg: 2 faces/),
  });
}, 120_000);

it('compares nobody whom the other set of networks has learnt, and says with doctor what to do', async () => {
  const other = new CommandLine({ KINOSCOPE_HOME: cli.home, KINOSCOPE_FACES: 'clear' });
  const doctor = await other.run('doctor');
  const refused = await other.run('people', 'enroll', gallery);
  const before = await cli.json('people', 'list');
  const asked = await other.run('people', 'forget-faces');
  expect(asked.status).toBe(2);
  expect(asked.stderr).toMatch(/^kinoscope: This forgets the faces of \d+ people .*0 strangers.* --yes .*\n$/);
  expect(await cli.json('people', 'list')).toEqual(before);
  other.remove();
  expect(doctor.stdout).toMatch(
    /^people: LEARNT BY ANOTHER NETWORK \(face-embed-512@\w+, not face-embed-128@\w+ .*"kinoscope people forget-faces --yes" and enroll the photos again$/m,
  );
  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toMatch(/^kinoscope: People were learnt by the network face-embed-512@.*forget-faces.*\n$/);
  expect((await cli.json<{ gallery: string | null }>('doctor')).gallery).toBeNull();
}, 120_000);

it('asks whose face it is where a photo shows several, and takes the answer', async () => {
  const alone = join(folder, 'alone');
  await mkdir(join(alone, 'Somebody New'), { recursive: true });
  await copyFile(inGallery('Group', 'party.jpg'), join(alone, 'Somebody New', 'party.jpg'));
  await mkdir(join(alone, 'Ada Abel'));
  await copyFile(inGallery('Ada Abel', '1.jpg'), join(alone, 'Ada Abel', '1.jpg'));
  const asked = await cli.run('people', 'enroll', alone);
  expect([asked.status, asked.stdout]).toEqual([0, expect.stringContaining('--face "Somebody New/party.jpg=1"')]);
  const { people } = await cli.json<Enrolled>('people', 'enroll', alone, '--face', 'Somebody New/party.jpg=2');
  expect(people.map(({ name, photos }) => [name, photos])).toEqual([
    ['Ada Abel', 1],
    ['Somebody New', 1],
  ]);
  // The second from the left is Carla, whose likeness three people share now.
  const same = await cli.json<{ faces: { candidates: { name: string; confidence: number }[] }[] }>(
    'identify',
    inGallery('Carla Castel', '1.jpg'),
  );
  expect(same.faces[0]!.candidates.find(({ name }) => name === 'Somebody New')!.confidence).toBeGreaterThan(0.2);
  const wrong = await cli.run('people', 'enroll', alone, '--face', 'party');
  expect([wrong.status, wrong.stderr]).toEqual([
    2,
    'kinoscope: "party" names no face: give one as "Ada Abel/party.jpg=2"\n',
  ]);
}, 120_000);

it('takes people by name: merges, renames and deletes them', async () => {
  const known = async (): Promise<string[]> =>
    (await cli.json<{ people: { name: string }[] }>('people', 'list')).people.map(({ name }) => name);
  expect(await known()).toContain('Somebody New');
  const { stdout } = await cli.run('people', 'list');
  expect(stdout).toMatch(/^\S+ {2}Somebody New \(1 photo\)$/m);
  const merged = await cli.run('people', 'merge', 'carla castel', 'Somebody New');
  expect([merged.status, merged.stdout]).toEqual([0, 'Somebody New became Carla Castel\n']);
  expect(await known()).not.toContain('Somebody New');
  expect((await cli.run('people', 'name', 'Carla Castel', 'Carla Cole')).stdout).toBe('Carla Castel is Carla Cole\n');
  expect(await known()).toContain('Carla Cole');
  const nobody = await cli.run('people', 'merge', 'Carla Cole', 'Zoe Zell');
  expect([nobody.status, nobody.stderr]).toEqual([4, expect.stringMatching(/^kinoscope: .*Zoe Zell.*\n$/)]);
  expect((await cli.run('people', 'delete', 'Carla Cole')).status).toBe(0);
  expect(await known()).not.toContain('Carla Cole');
}, 120_000);

it('says of a folder without a face why', async () => {
  const empty = join(folder, 'empty');
  await mkdir(join(empty, 'Ada'), { recursive: true });
  await writeFile(
    join(empty, 'Ada', 'a.heic'),
    Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(200)]),
  );
  const { status, stderr } = await cli.run('people', 'enroll', empty);
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/^kinoscope: .* one folder a person is wanted; Ada: .*a\.heic: HEIC[^\n]*\n$/),
  ]);
}, 60_000);
