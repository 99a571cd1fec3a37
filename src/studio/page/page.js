/** What the pages share. */

export const $ = (selector) => document.querySelector(selector);

export async function api(path, options) {
  const response = await fetch(path, options);
  const body = response.status === 204 ? null : await response.json();
  if (response.status === 401) $('#key').hidden = false;
  if (!response.ok) throw Object.assign(new Error(body.detail ?? body.title), { status: response.status });
  return body;
}

/** An answer that may not be there yet: null instead of a 404. */
export const optional = (path) => api(path).catch((error) => {
  if (error.status === 404) return null;
  throw error;
});

export const who = (member) => member.name ?? member.label ?? 'unknown';

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export const say = (text) => { $('#message').textContent = text; };

export function clock(seconds) {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'));
  return (parts[0] === '00' ? parts.slice(1) : parts).join(':');
}
