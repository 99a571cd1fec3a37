import type { Request } from 'express';

/** What Express keeps of a route; middleware has none. */
interface Layer {
  match(path: string): boolean;
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
}

/** Methods of the routes at the path of a request that none of them took, e.g. `GET, HEAD`; '' where there are no routes. */
export function methodsAt({ app, path }: Request): string {
  const { stack } = app.router as unknown as { readonly stack: readonly Layer[] };
  const methods = stack
    .filter((layer) => layer.route && layer.match(path))
    .flatMap(({ route }) => Object.keys(route!.methods).map((method) => method.toUpperCase()));
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].join(', ');
}
