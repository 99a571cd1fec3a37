/** Who is on screen where the film stands: boxes on the picture, and below it the names, to be corrected. */

import { $, api, clock, element, optional, say, who } from './page.js';

const post = (path, body) => api(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

/** @param changed is called after a correction: other answers about the title may be others now */
export async function showNow(title, changed) {
  const at = $('#video').currentTime;
  const answer = await optional(`/v1/titles/${title.id}/cast?t=${at.toFixed(3)}`);
  const known = answer?.cast.length > 0 ? await namedPeople() : new Map();
  // The film goes on, or another was chosen, while the answer was on its way.
  if (!answer || $('#video').currentTime !== at || location.hash.slice(1) !== title.id) return;
  $('#now').textContent = `${clock(at)}: ${answer.cast.map(who).join(', ') || 'nobody seen'}`;
  $('#boxes').replaceChildren(...answer.cast.map(boxOf));
  const correct = async (work) => {
    say('');
    try {
      await work();
      await showNow(title, changed);
      await changed();
    } catch (error) {
      say(error.message);
    }
  };
  $('#names').replaceChildren(...[...known.keys()].map((name) => element('option', { value: name })));
  $('#faces').replaceChildren(...answer.cast.map((member) => rowOf(title, member, known, correct)));
}

export function hideNow() {
  $('#boxes').replaceChildren();
  $('#faces').replaceChildren();
}

function boxOf(member) {
  const { videoWidth, videoHeight, clientWidth, clientHeight } = $('#video');
  const scale = Math.min(clientWidth / (videoWidth || clientWidth), clientHeight / (videoHeight || clientHeight));
  const [width, height] = [(videoWidth || clientWidth) * scale, (videoHeight || clientHeight) * scale];
  const [left, top] = [(clientWidth - width) / 2, (clientHeight - height) / 2];
  const made = element('div', {}, element('span', { textContent: who(member) }));
  const [x, y, w, h] = member.box;
  Object.assign(made.style, { left: `${left + x * width}px`, top: `${top + y * height}px`, width: `${w * width}px`, height: `${h * height}px` });
  return made;
}

/** Ids of those who have a name, by it. */
async function namedPeople() {
  const { items } = await api('/v1/people?named=true&limit=200');
  return new Map(items.map(({ id, name }) => [name, id]));
}

/** A name can be denied, a stranger named; a passer-by is nobody whom one would name. */
function rowOf(title, member, known, correct) {
  const { name, personId, track } = member;
  const row = element('li', {}, element('span', { textContent: who(member) }));
  if (name !== null) {
    row.append(element('button', {
      textContent: 'Not this person',
      title: `This face is not ${name}: remembered, also in other films`,
      onclick: () => correct(() => post(`/v1/people/${personId}/not`, { title: title.id, tracks: [track] })),
    }));
  } else if (personId !== null) {
    const input = element('input', { placeholder: 'Name', autocomplete: 'off' });
    input.setAttribute('aria-label', `Name of ${who(member)}`);
    input.setAttribute('list', 'names');
    const form = element('form', {}, input, element('button', { textContent: 'Name this person' }));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const wanted = input.value.trim();
      if (wanted) correct(() => nameStranger(personId, wanted, known));
    });
    row.append(form);
  }
  return row;
}

/** In every film; who is known by that name already becomes one with them. */
function nameStranger(personId, name, known) {
  if (known.has(name)) return post(`/v1/people/${known.get(name)}/merge`, { people: [personId] });
  return api(`/v1/people/${personId}`, { method: 'PATCH', body: JSON.stringify({ name }), headers: { 'content-type': 'application/json' } });
}
