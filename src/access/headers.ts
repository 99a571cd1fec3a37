import type { Request, RequestHandler } from 'express';
import helmet from 'helmet';
import { KinoscopeError } from '../core/errors.js';

/** A name and port that a browser can be told in a policy; there is no way to write an IPv6 address there. */
const HOST = /^[\w.-]+(:\d+)?$/;

/** What only pages ask for, and our answers never are, whatever an upload in them contains. */
const PARTS_OF_PAGES = new Set([
  'script',
  'style',
  'worker',
  'sharedworker',
  'serviceworker',
  'audioworklet',
  'paintworklet',
  'xslt',
  'object',
  'embed',
  'frame',
  'iframe',
  'manifest',
]);

/** This service's own address, as the browser knows it. */
function originOf({ protocol, host }: Request): string | null {
  return HOST.test(host) ? `${protocol}://${host}` : null;
}

type Directives = Record<string, string[]>;

function page(scripts: readonly string[], styles: readonly string[]): Directives {
  return {
    'default-src': ["'none'"],
    'script-src': [...scripts],
    'style-src': [...styles],
    'img-src': ["'self'", 'data:', 'blob:'],
    'media-src': ["'self'", 'blob:'],
    'connect-src': ["'self'"],
    'form-action': ["'self'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
  };
}

/** Where the studio's scripts lie; nobody can put others there. */
const OVERLAY = '/overlay.js';
const SCRIPTS = ['/assets/', OVERLAY];
const FOR_EVERYBODY = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' };

/** For everything that is no page: it is data, also where a browser is led to open it. */
const DATA: Directives = { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"], sandbox: [] };

const headers = (directives: Directives): RequestHandler =>
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    // An answer is only as readable elsewhere as KINOSCOPE_CORS_ORIGINS makes it.
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
  });

/**
 * Headers that tell browsers what our pages may do. The studio runs its own scripts, by where they lie, and loads nothing from elsewhere;
 * the API's description page brings its styles inline; any other answer is data, which is never a part of a page.
 * @param isStudio whether a path is one of the studio's: a page or a file
 */
export function securityHeaders(isStudio: (path: string) => boolean): RequestHandler {
  const data = headers(DATA);
  return (request, response, next) => {
    const origin = originOf(request);
    if (request.path === '/docs' || request.path.startsWith('/docs/')) {
      headers(page([origin ? `${origin}/docs/` : "'self'"], ["'self'", "'unsafe-inline'"]))(request, response, next);
    } else if (isStudio(request.path)) {
      const scripts = origin ? SCRIPTS.map((path) => origin + path) : ["'self'"];
      headers(page(scripts, ["'self'"]))(request, response, (error?: unknown) => {
        // players of other sites load the overlay; what it may read there is another question
        if (request.path === OVERLAY) response.set(FOR_EVERYBODY);
        next(error);
      });
    } else {
      data(request, response, (error?: unknown) => {
        if (error === undefined && PARTS_OF_PAGES.has(request.get('sec-fetch-dest') ?? '')) {
          next(new KinoscopeError('forbidden', 'This is data, and no part of a page'));
        } else {
          next(error);
        }
      });
    }
  };
}
