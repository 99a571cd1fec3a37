/**
 * Writes docs/api-examples.json: what the built service really answers about the demo's film, for the OpenAPI document. Lists are
 * cut to their first entries. To be run again when answers change; test/unit/openapi.test.ts says when they do.
 *
 *   node scripts/api-examples.mjs
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDemoFilm, makeDemoGallery } from './demo-film.mjs';
import { ROOT, setUp } from './setup.mjs';

/** Entries of a list that are shown. */
const MOST = 2;

setUp();
const { openVideoWriter } = await import('../dist/frames/writer.js');
const home = mkdtempSync(join(tmpdir(), 'kinoscope-examples-'));
const media = join(home, 'films');
const film = join(home, 'demo-film.mp4');
await makeDemoFilm(film, openVideoWriter, undefined, { shot: 2, roll: 12 });
await makeDemoGallery(join(home, 'gallery'));

// yesterday and next year, in whichever year this is run
const day = (days) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')}`;
const programme = (on) =>
  `<programme start="${on}201500 +0000" stop="${on}220000 +0000" channel="one"><title>Evening film</title>` +
  '<credits><actor role="The cook">Ada Abel</actor></credits></programme>';
writeFileSync(
  join(home, 'guide.xml'),
  `<tv><channel id="one"><display-name>One</display-name></channel>${programme(day(-1))}${programme(day(6))}</tv>`,
);

const service = spawn(process.execPath, [join(ROOT, 'dist', 'main.js'), 'serve'], {
  env: {
    ...process.env,
    KINOSCOPE_HOME: join(home, 'kinoscope'),
    KINOSCOPE_PORT: '0',
    KINOSCOPE_HOST: '127.0.0.1',
    KINOSCOPE_ALLOW_HOSTS: '127.0.0.1',
    KINOSCOPE_MEDIA_ROOTS: media,
    KINOSCOPE_GUIDE: `demo=${join(home, 'guide.xml')}`,
    KINOSCOPE_PEOPLE_PHOTOS: join(home, 'gallery'),
    KINOSCOPE_MAX_UPLOAD_BYTES: String(20 * 2 ** 20),
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise((resolve, reject) => {
  let said = '';
  service.stdout.on('data', (chunk) => {
    said += chunk;
    const found = /listening on (http:\S+)/.exec(said);
    if (found) resolve(found[1]);
  });
  service.once('exit', () => reject(new Error('the service ended')));
});

const operations = {};
const problems = {};

const plain = (name, text) =>
  name === 'secret'
    ? 'whsec_...'
    : text
        .replaceAll(home, '')
        .replaceAll(url, 'http://127.0.0.1:3000')
        .replace(/^ks_\w{12}_[\w-]{43}$/, 'ks_...');

/** A short form of an answer: what its schema needs stays. */
function short(value, name = '') {
  if (Array.isArray(value)) {
    // the numbers of a box or a sample belong together
    const whole = name === 'top3' || value.every((one) => typeof one === 'number');
    return (whole ? value : value.slice(0, MOST)).map((one) => short(one));
  }
  if (value === null || typeof value !== 'object') return typeof value === 'string' ? plain(name, value) : value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, short(one, key)]));
}

/** Asks, notes the answer as the example of an operation, and returns it. */
async function ask(id, path, { body, form, method = body || form ? 'POST' : 'GET', headers } = {}) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    body: form ?? (body && JSON.stringify(body)),
  });
  const type = response.headers.get('content-type') ?? '';
  const text = type.startsWith('image/') || type.startsWith('video/') ? '' : await response.text();
  if (text === '') await response.body?.cancel();
  const data = /json/.test(type) ? JSON.parse(text) : text;
  if (!response.ok) {
    problems[response.status] ??= short(data);
    return data;
  }
  const known = (operations[id] ??= { answers: {} });
  if (body && !known.body) known.body = short(body);
  if (text !== '') known.answers[response.status] ??= short(data);
  return data;
}

async function follow(job) {
  if (job) return (await fetch(`${url}/v1/jobs/${job.id}/events`)).text();
  return '';
}

const upload = (fields) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) form.append(name, one, ...(one instanceof Blob ? [one.name] : []));
  return form;
};
const file = (path, name) => new File([readFileSync(path)], name);

try {
  await ask('getHealth', '/healthz');
  await ask('getReadiness', '/readyz');
  operations.getMetrics = {
    answers: { 200: (await (await fetch(`${url}/metrics`)).text()).split('\n').slice(0, 6).join('\n') },
  };

  const gallery = join(home, 'gallery');
  const [somebody, another, third] = readdirSync(gallery);
  const photosOf = (name) => readdirSync(join(gallery, name)).map((one) => file(join(gallery, name, one), one));
  await ask('createPerson', '/v1/people', { form: upload({ name: somebody, photos: photosOf(somebody) }) });
  const person = await ask('createPerson', '/v1/people', { body: { name: another } });
  await ask('addPhotos', `/v1/people/${person.id}/photos`, { form: upload({ photos: photosOf(another) }) });

  const { title } = await ask('createTitle', '/v1/titles', {
    form: upload({ name: 'Demo film', file: file(film, 'demo-film.mp4') }),
  });
  const at = `/v1/titles/${title.id}`;
  await ask('updateTitle', at, { method: 'PATCH', body: { year: 2026, series: 'Demos', season: 1, episode: 2 } });
  await ask('setSeriesPlayers', '/v1/series/Talk%20show/players', { method: 'PUT', body: { players: false } });
  await ask('getSeriesPlayers', '/v1/series/Talk%20show/players');
  await ask('setCastList', `${at}/cast-list`, {
    method: 'PUT',
    body: { cast: [{ name: somebody, role: 'The cook' }, { name: third }] },
  });
  await ask('getCastList', `${at}/cast-list`);
  await ask('getTitleBroadcasts', `${at}/broadcasts`);
  await follow(await ask('refreshGuide', '/v1/guide/refresh', { body: {} }));
  await ask('getGuide', '/v1/guide');
  const { job } = await ask('startAnalysis', `${at}/analyses`, {
    body: { kinds: ['genre', 'credits', 'cast', 'sound', 'shots'] },
  });
  await ask('listTitles', '/v1/titles?status=running');
  operations.listTitles.answers = {};
  const events = await follow(job);
  operations.followJob = { answers: { 200: `${events.split('\n\n')[0]}\n\n` } };
  await ask('startAnalysis', `${at}/analyses`, { body: {} });
  await ask('listAnalyses', `${at}/analyses`);
  await ask('setCreditsCorrection', `${at}/corrections/credits`, {
    method: 'PUT',
    body: { creditsStart: 8.5, locked: false },
  });
  await ask('setGenreCorrection', `${at}/corrections/genre`, { method: 'PUT', body: { genres: ['Drama', 'Romance'] } });
  await ask('setSkipSettings', '/v1/series/Demos/skip', { method: 'PUT', body: { recap: 'auto', preview: 'never' } });
  await ask('getSkipSettings', '/v1/series/Demos/skip');
  const intro = { kind: 'intro', start: 0.5, end: 4.5 };
  await ask('setSegmentsCorrection', `${at}/corrections/segments`, { method: 'PUT', body: { segments: [intro] } });
  await ask('getSegments', `${at}/segments`);
  await ask('listCorrections', '/v1/corrections');
  for (const kind of ['credits', 'genre', 'segments']) {
    const id = `delete${kind[0].toUpperCase()}${kind.slice(1)}Correction`;
    await ask(id, `${at}/corrections/${kind}`, { method: 'DELETE' });
  }
  for (const kind of ['Genre', 'Credits', 'Sound', 'Shots']) await ask(`get${kind}`, `${at}/${kind.toLowerCase()}`);
  const billing = await ask('startAnalysis', `${at}/analyses`, { body: { kinds: ['billing'] } });
  await follow(billing.job);
  await ask('getCreditsText', `${at}/credits/text`);
  await ask('searchCredits', '/v1/credits?minConfidence=0');
  const { people } = await ask('getCastWhole', `${at}/cast`);
  const { cast } = await ask('getCastAt', `${at}/cast?t=0.5`);
  operations.getCastAt.variants = {
    'without t': operations.getCastWhole.answers[200],
    'with t': operations.getCastAt.answers[200],
  };
  operations.getCastAt.answers = {};
  delete operations.getCastWhole;
  const variants = {};
  for (const [type, format] of Object.entries({
    'text/vtt': 'vtt',
    'text/plain': 'edl',
    'application/json': 'jellyfin',
  }))
    variants[type] = short(await ask('exportTitle', `${at}/export?format=${format}`));
  operations.exportTitle = { answers: {}, variants };
  const written = await ask('startAnnotatedFilm', `${at}/annotated`, { method: 'POST' });
  await follow(written.job);
  await ask('deleteAnnotatedFilm', `${at}/annotated`, { method: 'DELETE' });
  await ask('listTitles', '/v1/titles');
  await ask('getTitle', at);
  const copying = await ask('startProxy', `${at}/proxy`, { method: 'POST' });
  await follow(copying.job);
  await ask('getProxy', `${at}/proxy`);
  await ask('createUpload', '/v1/uploads', {
    method: 'POST',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': '1000000',
      'upload-metadata': `filename ${Buffer.from('demo-film.mkv').toString('base64')}`,
    },
  });
  await ask('listUploads', '/v1/uploads');

  await ask('listPeople', '/v1/people');
  await ask('getPerson', `/v1/people/${people[0].personId}`);
  const [cook] = (await (await fetch(`${url}/v1/people?q=${encodeURIComponent(somebody)}`)).json()).items;
  await ask('getPersonBroadcasts', `/v1/people/${cook.id}/broadcasts`);
  await ask('listPhotos', `/v1/people/${person.id}/photos`);
  await ask('identifyPeople', '/v1/identify', { form: upload({ photo: photosOf(somebody)[0] }) });
  const tracks = { title: title.id, tracks: [cast[0].track] };
  const said = await ask('createConstraint', '/v1/constraints', {
    body: { kind: 'mustLink', person: cast[0].personId, ...tracks },
  });
  await ask('listConstraints', '/v1/constraints');
  await ask('listConstraintSuggestions', '/v1/constraints/suggestions');
  await follow(await ask('fetchPhotos', '/v1/people/fetch', { body: {} }));
  const found = (await (await fetch(`${url}/v1/people?q=${encodeURIComponent(third)}`)).json()).items[0];
  const [proposed] = (await (await fetch(`${url}/v1/people/${found.id}/photos`)).json()).items;
  await ask('judgePhoto', `/v1/people/${found.id}/photos/${proposed.id}`, {
    method: 'PATCH',
    body: { confirmed: true },
  });
  await follow(await ask('drawFaceMap', '/v1/gallery/map', { method: 'POST' }));
  await ask('getFaceMap', '/v1/gallery/map');
  await ask('deleteConstraint', `/v1/constraints/${said.id}`, { method: 'DELETE' });
  await ask('rejectTracks', `/v1/people/${cast[0].personId}/not`, { body: tracks });
  await ask('assignTracks', `/v1/people/${cast[0].personId}/tracks`, { body: tracks });
  const extra = await ask('splitPerson', `/v1/people/${cast[0].personId}/split`, {
    body: { tracks: [tracks], name: 'Somebody else' },
  });
  await ask('updatePerson', `/v1/people/${extra.id}`, {
    method: 'PATCH',
    body: { name: 'Someone else', aliases: ['Some One'] },
  });
  const twin = await ask('createPerson', '/v1/people', { body: { name: 'Twin' } });
  await ask('mergePeople', `/v1/people/${extra.id}/merge`, { body: { people: [twin.id] } });

  const missing = await ask('createTitle', '/v1/titles', { body: { link: `${url}/missing.mp4` } });
  await follow(missing.analysis);
  await ask('listJobs', '/v1/jobs?state=failed');
  await ask('getJob', `/v1/jobs/${missing.job.id}`);
  await ask('retryJob', `/v1/jobs/${missing.job.id}/retry`, { method: 'POST' });
  await ask('cancelJob', `/v1/jobs/${missing.job.id}`, { method: 'DELETE' });

  await ask('listTracks', `${at}/tracks?start=0&end=1`);
  const { key } = await ask('createKey', '/v1/keys', { body: { name: 'Player', scopes: ['read'] } });
  await ask('listKeys', '/v1/keys');
  await ask('revokeKey', `/v1/keys/${key.id}`, { method: 'DELETE' });
  await ask('getDoctorReport', '/v1/doctor');

  const hook = await ask('createWebhook', '/v1/webhooks', { body: { url: 'https://example.org/hooks/kinoscope' } });
  await ask('listWebhooks', '/v1/webhooks');
  await ask('deleteWebhook', `/v1/webhooks/${hook.id}`, { method: 'DELETE' });
  operations.startSession = { body: { key: 'ks_0123456789ab_...' }, answers: {} };

  await ask('', '/v1/titles?limit=0');
  await ask('', '/v1/titles', { headers: { authorization: 'Bearer ks_wrong' } });
  await ask('', '/v1/titles', { body: { path: '/etc/passwd' } });
  await ask('', `/v1/titles/${'0'.repeat(24)}`);
  await ask('', '/v1/doctor', { method: 'DELETE' });
  await ask('', '/v1/people', { body: { name: another } });
  await ask('', '/v1/titles', { form: upload({ file: new File([new Uint8Array(21 * 2 ** 20)], 'large.mp4') }) });
  await ask('', `${at}/media`, { headers: { range: 'bytes=999999999-' } });
  await ask('', '/v1/titles', { form: upload({ file: new File(['no film'], 'film.mp4') }) });
  for (let index = 0; index < 5000 && !problems[429]; index += 1) await ask('', '/v1/jobs/none');
  writeFileSync(join(ROOT, 'docs', 'api-examples.json'), `${JSON.stringify({ operations, problems }, null, 2)}\n`);
} finally {
  service.kill('SIGTERM');
  await new Promise((resolve) => service.once('exit', resolve));
  rmSync(home, { recursive: true, force: true });
}
