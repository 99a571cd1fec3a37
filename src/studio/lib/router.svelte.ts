export type Place =
  | { readonly page: 'library' }
  | { readonly page: 'title'; readonly id: string; readonly at: number | null }
  | { readonly page: 'people' }
  | { readonly page: 'map' }
  | { readonly page: 'person'; readonly id: string }
  | { readonly page: 'find' }
  | { readonly page: 'jobs' }
  | { readonly page: 'settings' };

function placeOf({ pathname, search }: Pick<URL, 'pathname' | 'search'>): Place {
  const [, page, id] = pathname.split('/');
  if (page === 'titles' && id) {
    const at = Number.parseFloat(new URLSearchParams(search).get('t') ?? '');
    return { page: 'title', id, at: Number.isFinite(at) && at >= 0 ? at : null };
  }
  if (page === 'people' && id === 'map') return { page: 'map' };
  if (page === 'people') return id ? { page: 'person', id } : { page: 'people' };
  if (page === 'find' || page === 'jobs' || page === 'settings') return { page };
  return { page: 'library' };
}

class Router {
  place = $state.raw<Place>(placeOf(location));

  constructor() {
    window.addEventListener('popstate', () => this.read());
    document.addEventListener('click', (event) => this.follow(event));
  }

  go(path: string): void {
    history.pushState(null, '', path);
    this.read();
    window.scrollTo(0, 0);
  }

  /** Remembers where a film stands, without a step in the history. */
  note(path: string): void {
    history.replaceState(null, '', path);
  }

  private read(): void {
    this.place = placeOf(location);
  }

  /** Links between the studio's own pages need no new page. */
  private follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || /^\/(docs|v1)(\/|$)/.test(url.pathname)) return;
    event.preventDefault();
    this.go(url.pathname + url.search);
  }
}

export const router = new Router();
