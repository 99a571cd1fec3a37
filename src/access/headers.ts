import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers that tell browsers what our pages may do. The studio loads nothing from elsewhere; the API's description page
 * brings its styles inline.
 */
export function securityHeaders(): RequestHandler {
  const headers = (inlineStyles: boolean): RequestHandler => helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ['\'none\''],
        'script-src': ['\'self\''],
        'style-src': ['\'self\'', ...(inlineStyles ? ['\'unsafe-inline\''] : [])],
        'img-src': ['\'self\'', 'data:', 'blob:'],
        'media-src': ['\'self\'', 'blob:'],
        'connect-src': ['\'self\''],
        'form-action': ['\'self\''],
        'base-uri': ['\'none\''],
        'frame-ancestors': ['\'none\''],
      },
    },
    // An answer is only as readable elsewhere as KINOSCOPE_CORS_ORIGINS makes it.
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  const [pages, description] = [headers(false), headers(true)];
  return (request, response, next) => (request.path.startsWith('/docs') ? description : pages)(request, response, next);
}
