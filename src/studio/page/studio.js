/** The studio page: titles on the left, the answers about one of them on the right. Reads nothing but the REST routes. */

import { hideNow, showNow } from './now.js';
import { $, api, clock, element, optional, say, who } from './page.js';

const percent = (fraction) => `${Math.round(fraction * 100)} %`;

let current = null;

async function listTitles() {
  const { items } = await api('/v1/titles?limit=200');
  $('#titles').replaceChildren(...items.map((title) => {
    const button = element('button', { textContent: title.name, onclick: () => { location.hash = title.id; } });
    button.setAttribute('aria-current', String(title.id === current?.id));
    return element('li', {}, button);
  }));
  if (!location.hash && items[0]) location.hash = items[0].id;
}

async function showTitle(id) {
  const title = await api(`/v1/titles/${id}`);
  const [genre, credits, cast] = await Promise.all(
    ['genre', 'credits', 'cast'].map((kind) => optional(`/v1/titles/${id}/${kind}`)),
  );
  current = title;
  $('#title').hidden = false;
  $('#name').textContent = title.name;
  const truncated = [genre, credits, cast].some((answer) => answer?.truncated);
  $('#facts').textContent = title.duration === null ? 'Not fetched yet'
    : `${clock(title.duration)}, ${title.width} x ${title.height}${truncated ? ', truncated: the file ends early' : ''}`;
  const source = `/v1/titles/${id}/media`;
  const another = !$('#video').src.endsWith(source);
  if (another) {
    $('#video').src = source;
    $('#now').textContent = '';
  }
  hideNow();
  showTimeline(title, credits, cast);
  showGenre(genre);
  showCredits(credits);
  showCast(cast);
  await showAnnotated(title);
  await listTitles();
  // A film that stood still while its answers came stands still.
  if (!another && $('#video').paused && $('#video').currentTime > 0) {
    showPlace();
    await showPaused();
  }
}

function showTimeline(title, credits, cast) {
  const length = title.duration ?? 1;
  const part = (className, start, end, tip) => {
    const made = element('div', { className, title: tip });
    made.style.left = `${(start / length) * 100}%`;
    made.style.width = `${((end - start) / length) * 100}%`;
    return made;
  };
  $('#timeline').replaceChildren(
    ...(cast?.scenes ?? []).map((scene, index) => part('scene', scene.start, scene.end, `Scene ${index + 1}: ${scene.cast.map(who).join(', ') || 'nobody'}`)),
    ...(credits?.sure ? credits.segments : []).filter((segment) => segment.kind !== 'story')
      .map((segment) => part(`segment ${segment.kind}`, segment.start, segment.end, segment.kind)),
    element('div', { className: 'head' }),
  );
}

/** The answer first, then the most probable of the others: the three may include one that is less probable than those. */
function showGenre(genre) {
  if (!genre) return $('#genre div').replaceChildren('Not analysed yet');
  const top = genre.top3.map((entry) => entry.genre);
  const others = Object.keys(genre.genres).filter((name) => !top.includes(name)).sort((a, b) => genre.genres[b] - genre.genres[a]);
  const bars = [...top, ...others].slice(0, 6).map((name) => {
    const probability = genre.genres[name];
    const bar = element('i');
    bar.style.width = `${probability * 100}%`;
    return element('div', { className: top.includes(name) ? 'bar' : 'bar minor' }, element('span', { textContent: name }), bar, percent(probability));
  });
  return $('#genre div').replaceChildren(...bars, ...(genre.sure ? [] : [element('p', { textContent: 'Not sure' })]));
}

function jump(seconds) {
  return element('a', { textContent: clock(seconds), onclick: () => seek(seconds) });
}

function showCredits(credits) {
  if (!credits) return $('#credits div').replaceChildren('Not analysed yet');
  const start = credits.creditsStart === null ? [`No credits found: ${credits.reason}`]
    : !credits.sure ? [`Not sure: ${credits.reason}`]
    : ['Credits start at ', jump(credits.creditsStart), ` (${credits.timecode}, confidence ${percent(credits.confidence)}). `,
      credits.nextEpisodeAt === null ? `No next episode offered: ${credits.reason}` : 'Next episode at ',
      ...(credits.nextEpisodeAt === null ? [] : [jump(credits.nextEpisodeAt)])];
  const rows = (credits.sure ? credits.segments : []).map((segment) => element('tr', {},
    element('td', {}, jump(segment.start), ' to ', jump(segment.end)), element('td', { textContent: segment.kind }),
    element('td', { textContent: percent(segment.confidence) }), element('td', { textContent: segment.evidence ?? '' })));
  return $('#credits div').replaceChildren(element('p', {}, ...start), element('table', {}, ...rows));
}

function showCast(cast) {
  if (!cast) return $('#cast div').replaceChildren('Not analysed yet');
  const rows = cast.scenes.map((scene) => element('tr', {},
    element('td', {}, jump(scene.start), ' to ', jump(scene.end)),
    element('td', { textContent: scene.cast.map((member) => `${who(member)} (${member.screenTime.toFixed(1)} s)`).join(', ') || 'nobody seen' })));
  return $('#cast div').replaceChildren(rows.length ? element('table', {}, ...rows) : 'No faces were seen');
}

/** The film with names on it: to be written, and to be had once it was. */
async function showAnnotated({ id, duration }) {
  const path = `/v1/titles/${id}/annotated`;
  const written = duration !== null && (await fetch(path, { method: 'HEAD' })).ok;
  const write = element('button', {
    textContent: 'Write a film with names',
    hidden: duration === null,
    onclick: () => api(path, { method: 'POST' }).then(({ job }) => follow(job)).catch((error) => say(error.message)),
  });
  $('#annotated').replaceChildren(write, ' ', ...(written ? [element('a', { textContent: 'Film with names', href: path, download: `${id}.mp4` })] : []));
}

/** Who is on screen now; a correction may change the whole cast. */
function showPaused() {
  const title = current;
  return showNow(title, async () => {
    const cast = await optional(`/v1/titles/${title.id}/cast`);
    if (title.id === current.id) showCast(cast);
  }).catch((error) => say(error.message));
}

function showPlace() {
  const head = $('#timeline .head');
  if (head && current?.duration) head.style.left = `${($('#video').currentTime / current.duration) * 100}%`;
}

function seek(seconds) {
  $('#video').pause();
  $('#video').currentTime = seconds;
}

/** Follows a job to its end, then shows what it found. */
function follow(job) {
  if (!job) return showTitle(location.hash.slice(1));
  const line = $('#job');
  line.hidden = false;
  const events = new EventSource(`/v1/jobs/${job.id}/events`);
  events.addEventListener('job', async (event) => {
    const now = JSON.parse(event.data);
    line.querySelector('progress').value = now.progress;
    line.querySelector('span').textContent = `${now.state} ${now.stage}`;
    if (!['done', 'failed', 'cancelled'].includes(now.state)) return;
    events.close();
    line.hidden = true;
    say(now.error?.message ?? '');
    if (now.titleId === current?.id) await showTitle(now.titleId);
  });
  return undefined;
}

async function add(body, headers) {
  say('');
  try {
    const { title, job } = await api('/v1/titles', { method: 'POST', body, headers });
    location.hash = title.id;
    if (job) return follow(job);
    return follow((await api(`/v1/titles/${title.id}/analyses`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).job);
  } catch (error) {
    return say(error.message);
  }
}

$('#key').addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const body = JSON.stringify({ key: $('#key').key.value.trim() });
    await api('/v1/session', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    location.reload();
  } catch (error) {
    say(error.message);
  }
});
$('#add').addEventListener('submit', (event) => {
  event.preventDefault();
  const source = $('#add').source.value.trim();
  if (source) add(JSON.stringify(/^https?:/i.test(source) ? { link: source } : { path: source }), { 'content-type': 'application/json' });
});
$('#add').file.addEventListener('change', (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const form = new FormData();
  form.append('file', file);
  add(form);
});
$('#timeline').addEventListener('click', (event) => {
  const bounds = $('#timeline').getBoundingClientRect();
  seek(((event.clientX - bounds.left) / bounds.width) * (current.duration ?? 0));
});
$('#video').addEventListener('pause', showPaused);
$('#video').addEventListener('seeked', () => { if ($('#video').paused) showPaused(); });
$('#video').addEventListener('play', hideNow);
$('#video').addEventListener('timeupdate', showPlace);
window.addEventListener('hashchange', () => showTitle(location.hash.slice(1)).catch((error) => say(error.message)));

listTitles().then(() => location.hash && showTitle(location.hash.slice(1))).catch((error) => say(error.message));
