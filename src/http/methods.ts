import type { Request } from 'express';

type Known = Request['app']['router']['stack'][number];

/** What Express 5 keeps of a route, which its types do not tell; middleware has none. */
type Layer = Known & {
  match(path: string): boolean;
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
};

/** Methods of the routes at the path of a request that none of them took, e.g. `GET, HEAD`; '' where there are no routes. */
export function methodsAt({ app, path }: Request): string {
  const methods = (app.router.stack as Layer[])
    .filter((layer) => layer.route && layer.match(path))
    .flatMap(({ route }) => Object.keys(route!.methods).map((method) => method.toUpperCase()));
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].join(', ');
}
