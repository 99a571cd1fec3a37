/**
 * Makes a few files of the command line and the service in dist, libraries included: node then starts them in less than half the
 * time, as most of a start is finding and compiling some 1,400 modules. `cli.js` and `main.js` become imports of these.
 * The single modules stay: the version of rules is a hash of their code (src/parameters/rules.ts).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const DIST = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');
const FOLDER = 'bundled';

const PROGRAMS = ['cli', 'main'];

/** Libraries that bring programs or files of their own, and large ones that few starts load. */
const APART =
  /^(bullmq|dejavu-fonts-ttf|ioredis|libsql|mongodb|node-av|onnxruntime-node|sharp|usearch|youtubei\.js)(\/|$)/;
/** What Nest asks for and does without. */
const ABSENT = /^(@nestjs\/(microservices|websockets)|class-(transformer|validator)|@fastify\/)/;

/** A module still says where it lay: files, threads and processes are found from there. */
const places = {
  name: 'places',
  transform(code, id) {
    if (!id.startsWith(DIST) || !code.includes('import.meta.url')) return null;
    const place = `../${relative(DIST, id).replaceAll('\\', '/')}`;
    return { code: code.replaceAll('import.meta.url', `new URL('${place}', import.meta.url).href`), map: null };
  },
};

/** What the licences of the libraries ask for that are copied: their texts. @param modules paths */
function licencesOf(modules) {
  const folders = new Set(
    modules.flatMap((id) => /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(id)?.[0] ?? []),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
      const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return [`${name} ${version}, ${license}`, ...texts].join('\n\n');
    })
    .join('\n\n--------\n\n');
}

const bundle = await rolldown({
  input: Object.fromEntries(PROGRAMS.map((program) => [program, join(DIST, `${program}.js`)])),
  platform: 'node',
  external: (id) => APART.test(id) || ABSENT.test(id),
  plugins: [places],
});
// Nest and messages of errors go by the names of classes.
const { output } = await bundle.write({ dir: join(DIST, FOLDER), keepNames: true });
writeFileSync(join(DIST, FOLDER, 'LICENSES.txt'), licencesOf(output.flatMap(({ moduleIds = [] }) => moduleIds)));
for (const program of PROGRAMS) writeFileSync(join(DIST, `${program}.js`), `import './${FOLDER}/${program}.js';\n`);
