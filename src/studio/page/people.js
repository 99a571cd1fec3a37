/** The page of people: who was told apart in films, to be named, merged, hidden or deleted. Reads nothing but the REST routes. */

import { $, api, clock, element, say } from './page.js';

const asJson = (method, body) => ({ method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const called = (person) => person.name ?? person.label ?? person.id;

let query = 'named=false&hidden=false';
const chosen = new Set();

/** Everybody of the view, those with the most screen time first. */
async function everybody() {
  const people = [];
  let cursor = null;
  do {
    const page = await api(`/v1/people?limit=200&${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    people.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return people.sort((a, b) => b.screenTime - a.screenTime);
}

/** Does something and shows how people are after it; the service's own words when it refuses. */
async function act(work) {
  say('');
  try {
    await work();
  } catch (error) {
    say(error.message);
  }
  await show();
}

function card(person) {
  const path = `/v1/people/${person.id}`;
  const picture = element('img', { src: `${path}/face`, alt: '', loading: 'lazy', width: 160, height: 160 });
  picture.addEventListener('error', () => picture.replaceWith(element('div', { className: 'nobody', textContent: called(person).slice(0, 1) })));
  const pick = element('input', { type: 'checkbox', checked: chosen.has(person.id) });
  pick.setAttribute('aria-label', `Choose ${called(person)}`);
  pick.addEventListener('change', () => {
    if (pick.checked) chosen.add(person.id);
    else chosen.delete(person.id);
    $('#merge').hidden = chosen.size < 2;
  });
  const name = element('input', { value: person.name ?? '', placeholder: called(person), autocomplete: 'off' });
  name.setAttribute('aria-label', `Name of ${called(person)}`);
  const form = element('form', {}, name);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const wanted = name.value.trim();
    if (wanted) act(() => api(path, asJson('PATCH', { name: wanted })));
  });
  const photos = person.photos > 0 ? `, ${person.photos} photos` : '';
  const facts = element('p', { textContent: `${clock(person.screenTime)} in ${person.titles} ${person.titles === 1 ? 'title' : 'titles'}${photos}` });
  const hide = element('button', { textContent: person.hidden ? 'Show' : 'Hide', onclick: () => act(() => api(path, asJson('PATCH', { hidden: !person.hidden }))) });
  const remove = element('button', {
    textContent: 'Delete',
    title: 'Deletes photos, embeddings in all titles and names',
    onclick: () => confirm(`Delete all that is known of ${called(person)}?`) && act(() => api(path, { method: 'DELETE' })),
  });
  return element('li', { id: person.id }, element('label', {}, pick, picture), form, facts, element('p', {}, hide, ' ', remove));
}

async function show() {
  const people = await everybody();
  const there = new Set(people.map(({ id }) => id));
  for (const id of chosen) if (!there.has(id)) chosen.delete(id);
  $('#merge').hidden = chosen.size < 2;
  $('#people').replaceChildren(...people.map(card));
  $('#empty').hidden = people.length > 0;
  for (const button of document.querySelectorAll('#views button[data-query]')) button.setAttribute('aria-current', String(button.dataset.query === query));
}

for (const button of document.querySelectorAll('#views button[data-query]')) {
  button.addEventListener('click', () => {
    query = button.dataset.query;
    chosen.clear();
    act(() => undefined);
  });
}
$('#merge').addEventListener('click', () => act(async () => {
  const [into, ...people] = chosen;
  await api(`/v1/people/${into}/merge`, asJson('POST', { people }));
  chosen.clear();
}));
$('#new').addEventListener('submit', (event) => event.preventDefault());
$('#new').photos.addEventListener('change', () => act(async () => {
  const { name, photos } = $('#new');
  if (!name.value.trim()) throw new Error('Give the name first, then the photos');
  const form = new FormData();
  form.append('name', name.value.trim());
  for (const photo of photos.files) form.append('photos', photo);
  photos.value = '';
  await api('/v1/people', { method: 'POST', body: form });
  name.value = '';
  query = 'named=true&hidden=false';
}));

show().catch((error) => say(error.message));
