import { buildCast } from '../src/cast/cast.js';
import { watchedOf } from '../src/cast/watched.js';
import { FACE_NETWORKS, type FaceNetworks } from '../src/config/face-networks.js';
import type { FacesResult } from '../src/faces/analyzer.js';
import { similarity } from '../src/faces/embed.js';
import { likeness } from '../src/faces/likeness.js';
import { FACE_READERS } from '../src/faces/recognizers.js';
import type { Track } from '../src/faces/tracks.js';
import { createModels } from '../src/inference/registry.js';
import { Library } from '../test/library/library.js';
import { seeFilm } from '../test/library/scene.js';
import { writeSection } from './results.js';
import { APART, pairsOf, type Shown, withClips } from './strangers-films.js';

/**
 * Strangers told apart on real films, nobody being enrolled: each shot is taken for a film of its own, and the product
 * says who of these films is the same. Whom the faces show was seen by eye.
 */

/** What was seen between two times, as if it were all. */
function part({ samples, shots, tracks }: FacesResult, start: number, end: number): FacesResult {
  const inside = (time: number): boolean => time >= start && time < end;
  const kept = tracks.filter(({ detections }) => inside(detections[0]!.time));
  return { samples: samples.filter(({ time }) => inside(time)), shots, tracks: kept };
}

/** Takes every shot for a film; answers whom the product takes each appearance for, by the tracks that it is made of. */
async function tellApart(
  seen: FacesResult,
  faces: FaceNetworks,
): Promise<{ idOf(track: Track): string; people: number }> {
  const library = await Library.open(':memory:', undefined, { recognizer: FACE_READERS[faces].recognizer });
  const films = seen.shots
    .map(({ start, end }, index) => ({ name: `shot ${index}`, ...part(seen, start, end) }))
    .filter(({ tracks }) => tracks.length > 0);
  for (const film of films) {
    await library.add(film.name, film);
    await library.naming.refreshNames(film.name);
  }
  const ids = new Map<string, string>();
  for (const film of films) {
    const names = (await library.naming.refreshNames(film.name)) ?? {};
    // Passers-by are nobody: each is somebody else.
    for (const { id, appearance } of buildCast(watchedOf(film)).tracks)
      ids.set(id, names[appearance]?.personId ?? `${film.name} ${appearance}`);
  }
  const strangers = (await library.people.page({ named: false }, { limit: 1000 })).items.length;
  await library.close();
  return { idOf: (track) => ids.get(track.id)!, people: strangers };
}

/** Of pairs of faces said to show one person, how many do; of pairs that do, how many were said. */
function countPairs(shown: readonly Shown[], apart: number): { said: number; right: number; there: number } {
  const pairs = pairsOf(shown, apart).map(([a, b]) => ({ said: a.id === b.id, same: a.person === b.person }));
  return {
    said: pairs.filter(({ said }) => said).length,
    right: pairs.filter(({ said, same }) => said && same).length,
    there: pairs.filter(({ same }) => same).length,
  };
}

const MEASURES = { cosine: similarity, likeness } as const;
/** Of pairs of two people, how many another film's threshold may let through. */
const SHARES = [0.01, 0.005, 0.002, 0];

/** Pairs of tracks above a threshold that the other films set, by the share of their pairs of two people that are. */
function heldOut(byFilm: readonly (readonly (readonly [Shown, Shown])[])[], of: keyof typeof MEASURES): string[] {
  const measured = byFilm.map((pairs) =>
    pairs.flatMap(([a, b]) =>
      a.track && b.track
        ? [{ same: a.person === b.person, value: MEASURES[of](a.track.embedding, b.track.embedding) }]
        : [],
    ),
  );
  return SHARES.map((share) => {
    let [found, wrong] = [0, 0];
    measured.forEach((own, i) => {
      const others = measured.flatMap((pairs, other) => (other === i ? [] : pairs.filter(({ same }) => !same)));
      const values = others.map(({ value }) => value).sort((a, b) => b - a);
      const threshold = values[Math.floor(share * values.length)]!;
      const said = own.filter(({ value }) => value > threshold);
      found += said.filter(({ same }) => same).length;
      wrong += said.filter(({ same }) => !same).length;
    });
    return `${found}, ${wrong}`;
  });
}

const lines = [
  '| Film | networks | shots | strangers told apart | faces marked by eye | of people | pairs said to be one person | of these right | pairs that are | as one film: said | right |',
  '|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
];
const marked: Record<FaceNetworks, (readonly [Shown, Shown])[][]> = { best: [], clear: [] };
await withClips(async (clips) => {
  for (const faces of FACE_NETWORKS) {
    const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces });
    const sum = { films: [0, 0, 0, 0, 0], frames: [0, 0, 0, 0, 0] };
    for (const { name, file, apart, shown: shownBy } of clips) {
      const seen = await seeFilm(models, file);
      const { idOf, people } = await tellApart(seen, faces);
      const shown = shownBy(seen, idOf);
      marked[faces].push(pairsOf(shown, apart));
      const { said, right, there } = countPairs(shown, apart);
      const whole = new Map(buildCast(watchedOf(seen)).tracks.map(({ id, appearance }) => [id, appearance]));
      const asOne = countPairs(
        shownBy(seen, ({ id }) => whole.get(id)!),
        apart,
      );
      const counts = [said, right, there, asOne.said, asOne.right];
      const kind = apart === APART ? 'films' : 'frames';
      sum[kind] = sum[kind].map((before, i) => before + counts[i]!);
      const cells = [
        name,
        faces,
        seen.shots.length,
        people,
        shown.length,
        new Set(shown.map(({ person }) => person)).size,
      ];
      lines.push(`| ${[...cells, ...counts].join(' | ')} |`);
    }
    await models.close();
    for (const kind of ['films', 'frames'] as const)
      lines.push(`| **all ${kind}** | ${faces} | | | | | ${sum[kind].join(' | ')} |`);
  }
});
const measures = FACE_NETWORKS.flatMap((faces) =>
  (Object.keys(MEASURES) as (keyof typeof MEASURES)[]).map(
    (of) => `| ${faces} | ${of} | ${heldOut(marked[faces], of).join(' | ')} |`,
  ),
);
writeSection(
  'strangers',
  '## Strangers on real films\n\nNobody is enrolled and every shot is taken for a film of its own (so nothing but faces says who is the same): whom the product takes for one ' +
    'person, beside whom the faces show by eye (bench/fixtures/cast-scene.json: shots in which one person is to be seen; bench/fixtures/strangers.json: faces of trailers, as far ' +
    'as the product finds them and somebody could tell). In the Joker trailer one man is bare-faced in eight of his faces and made up as a clown in four, in the Sintel trailer the girl is veiled in two of six: pairs across that ' +
    'are hardly found: without them there are 54. The last five are trailers of a frame a second, 320 pixels wide; faces within 5 s are no pair. Last, what the tracks of the whole film are joined to, ' +
    `without other films.\n\n${lines.join('\n')}\n\n` +
    'Pairs of marked tracks found, wrong, by a threshold that the other films set: that which so many of their pairs of two people pass. By cosine, and by the likeness of src/faces/likeness.ts.\n\n' +
    `| Networks | measure | ${SHARES.map((share) => `${100 * share} %`).join(' | ')} |\n|---|---|${SHARES.map(() => '--:|').join('')}\n${measures.join('\n')}`,
);
