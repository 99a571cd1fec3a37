/**
 * Makes the demo's film: real faces from the sample photos of @vladmandic/face-api (MIT), a camera that moves over them,
 * hard cuts, a rolling credit list of 30 seconds and a scene after it. Nothing is drawn that an analysis could not meet
 * in a real film; what is where is returned, so that a reader can compare.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

const WIDTH = 640;
const HEIGHT = 360;
const RATE = 24;

const require = createRequire(import.meta.url);
const photos = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');
const font = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');

/**
 * The shots: which photo, and the camera's window at the start and at the end of the shot, as [left, top, width] in
 * fractions of the photo's width and height (the window has the film's aspect).
 */
const STORY = [
  { photo: 3, from: [0.0, 0.0, 1.0], to: [0.2, 0.06, 0.72] },
  { photo: 3, from: [0.45, 0.08, 0.5], to: [0.5, 0.08, 0.42] },
  { photo: 3, from: [0.15, 0.05, 0.7], to: [0.05, 0.05, 0.8] },
  { photo: 6, from: [0.0, 0.08, 0.8], to: [0.2, 0.05, 0.78] },
  { photo: 6, from: [0.35, 0.08, 0.6], to: [0.42, 0.1, 0.52] },
  { photo: 4, from: [0.0, 0.0, 0.75], to: [0.25, 0.0, 0.7] },
  { photo: 5, from: [0.1, 0.0, 0.9], to: [0.25, 0.1, 0.7] },
];
const AFTER = { photo: 2, from: [0.2, 0.0, 0.8], to: [0.05, 0.0, 0.75] };

/** Invented people for the credit list: role on the left, name on the right. */
const ROLES = [
  'Director',
  'Writer',
  'Producer',
  'Camera',
  'Editor',
  'Music',
  'Sound',
  'Costumes',
  'Make-up',
  'Lighting',
  'Casting',
  'Stunts',
  'Visual Effects',
  'Colourist',
  'Foley',
  'Script Supervisor',
  'Gaffer',
  'Key Grip',
  'Catering',
  'Driver',
];
/** Who the story shows, of those that the gallery has photos of: the list begins with them. */
const CAST = [
  ['The cook', 'Ada Abel'],
  ['The guest', 'Carla Castel'],
  ['The neighbour', 'Ines Ilves'],
];
const LINES = 40;
const FIRST = ['Ada', 'Bruno', 'Carla', 'Dario', 'Elin', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas'];
const LAST = ['Abel', 'Brandt', 'Castel', 'Dorn', 'Egger', 'Falk', 'Grau', 'Holm', 'Ilves', 'Jansen'];

async function decodePhoto(number) {
  const { data, info } = await sharp(join(photos, `sample${number}.jpg`))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** One frame of a shot: the camera's window at `progress` (0 to 1) of its way, scaled to the film's size. */
async function shotFrame(photo, shot, progress) {
  const at = (index) => shot.from[index] + (shot.to[index] - shot.from[index]) * progress;
  const width = Math.round(Math.min(at(2), 1 - at(0)) * photo.width);
  const height = Math.min(Math.round((width * HEIGHT) / WIDTH), photo.height);
  const left = Math.round(at(0) * photo.width);
  const top = Math.min(Math.round(at(1) * photo.height), photo.height - height);
  return sharp(photo.data, { raw: { width: photo.width, height: photo.height, channels: 3 } })
    .extract({ left, top, width: Math.min(width, photo.width - left), height })
    .resize(WIDTH, HEIGHT, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
}

/** The whole credit list as one tall white-on-black picture of the film's width. */
async function creditList(count) {
  const crew = ROLES.flatMap((role, index) => [
    [role, `${FIRST[index % 10]} ${LAST[(index * 3) % 10]}`],
    ['', `${FIRST[(index + 4) % 10]} ${LAST[(index * 7 + 2) % 10]}`],
  ]);
  const lines = [['Cast'], ...CAST, ['Crew'], ...crew].slice(0, count);
  const spacing = 30;
  const column = async (text, align, width) =>
    sharp({
      text: {
        text: `<span foreground="white">${text}</span>`,
        fontfile: font,
        font: 'DejaVu Sans 15',
        rgba: true,
        align,
        width,
      },
    })
      .png()
      .toBuffer();
  const overlays = [];
  for (const [index, [role, name]] of lines.entries()) {
    const top = index * spacing;
    if (role && name === undefined) {
      const heading = await column(role, 'centre', 280);
      const { width = 0 } = await sharp(heading).metadata();
      overlays.push({ input: heading, left: Math.round(WIDTH / 2 - width / 2), top });
      continue;
    }
    if (role) {
      const picture = await column(role, 'right', 280);
      const { width = 0 } = await sharp(picture).metadata();
      overlays.push({ input: picture, left: 300 - width, top });
    }
    if (name) overlays.push({ input: await column(name, 'left', 280), left: 330, top });
  }
  const height = lines.length * spacing;
  const { data } = await sharp({ create: { width: WIDTH, height, channels: 3, background: 'black' } })
    .composite(overlays)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, height };
}

/** The roll at `progress`: the list enters from below and leaves at the top. */
function rollFrame(list, progress) {
  const frame = Buffer.alloc(WIDTH * HEIGHT * 3);
  const offset = Math.round(-HEIGHT * 0.9 + progress * (list.height + HEIGHT * 0.9));
  for (let row = 0; row < HEIGHT; row++) {
    const source = row + offset;
    if (source >= 0 && source < list.height) {
      list.data.copy(frame, row * WIDTH * 3, source * WIDTH * 3, (source + 1) * WIDTH * 3);
    }
  }
  return frame;
}

/**
 * Writes the film to `file`.
 * @param openVideoWriter of src/frames
 * @param onProgress called with 0 to 1
 * @param seconds how long a shot and the roll are, and how many lines that has; tests make them shorter
 * @returns {Promise<{creditsStart: number, creditsEnd: number, cuts: number[]}>} what is where, seconds
 */
export async function makeDemoFilm(file, openVideoWriter, onProgress = () => undefined, seconds = {}) {
  const { shot: shotSeconds = 6, roll: rollSeconds = 30, lines = LINES } = seconds;
  const writer = await openVideoWriter(file, { width: WIDTH, height: HEIGHT, frameRate: RATE });
  const total = (STORY.length + 1) * shotSeconds + rollSeconds + 1;
  let written = 0;
  const write = async (data) => {
    await writer.write({ width: WIDTH, height: HEIGHT, data });
    written += 1;
    if (written % RATE === 0) onProgress(Math.min(1, written / RATE / total));
  };
  try {
    const black = Buffer.alloc(WIDTH * HEIGHT * 3);
    const shoot = async (shot) => {
      const photo = await decodePhoto(shot.photo);
      const frames = shotSeconds * RATE;
      for (let index = 0; index < frames; index++) await write(await shotFrame(photo, shot, index / frames));
    };
    const cuts = [];
    for (const shot of STORY) {
      cuts.push(written / RATE);
      await shoot(shot);
    }
    for (let index = 0; index < RATE / 2; index++) await write(black);
    const creditsStart = written / RATE;
    const list = await creditList(lines);
    for (let index = 0; index < rollSeconds * RATE; index++) await write(rollFrame(list, index / (rollSeconds * RATE)));
    const creditsEnd = written / RATE;
    for (let index = 0; index < RATE / 2; index++) await write(black);
    await shoot(AFTER);
    await writer.close();
    return { creditsStart, creditsEnd, cuts };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Three faces of the story for the gallery, under invented names: [left, top, width, height] in fractions of the photo. */
const GALLERY = [
  { name: 'Ada Abel', photo: 3, window: [0.26, 0.15, 0.22, 0.45] },
  { name: 'Carla Castel', photo: 3, window: [0.53, 0.08, 0.18, 0.36] },
  { name: 'Ines Ilves', photo: 6, window: [0.31, 0.12, 0.18, 0.3] },
];

/** Writes a gallery: one folder a person, with one cropped, mirrored photo (so that no pixel is the film's own). */
export async function makeDemoGallery(folder) {
  for (const { name, photo, window } of GALLERY) {
    const { data, width, height } = await decodePhoto(photo);
    const [left, top, w, h] = window;
    mkdirSync(join(folder, name), { recursive: true });
    await sharp(data, { raw: { width, height, channels: 3 } })
      .extract({
        left: Math.round(left * width),
        top: Math.round(top * height),
        width: Math.round(w * width),
        height: Math.round(h * height),
      })
      .flop()
      .jpeg({ quality: 90 })
      .toFile(join(folder, name, '1.jpg'));
  }
}
