import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** Holds what a service answers against openapi.json: the status, the content type, and every field. */

interface MediaType {
  readonly schema: object;
}
interface Answer {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, MediaType>>;
}
interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Answer | undefined>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation | undefined>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Answer>> };
}

/** Answers may get more fields, but not before the document says so: here no object has others than it lists. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const fields = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, closed(value)]));
  return 'properties' in fields && !('additionalProperties' in fields)
    ? { ...fields, additionalProperties: false }
    : fields;
}

const file = new URL('../../openapi.json', import.meta.url);
const document = closed(JSON.parse(readFileSync(file, 'utf8'))) as Document;
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(document, 'openapi');

const routes = Object.entries(document.paths)
  .map(([path, operations]) => ({
    path,
    operations,
    pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }))
  // /v1/jobs/retry is no id
  .sort((a, b) => a.path.split('{').length - b.path.split('{').length);

const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** @throws Error when openapi.json does not describe this answer; routes that it has not are nobody's */
export async function checkAnswer(method: string, url: string, response: Response): Promise<void> {
  const { pathname } = new URL(url, 'http://localhost');
  const route = routes.find(({ pattern }) => pattern.test(pathname));
  const operation = route?.operations[method.toLowerCase()];
  if (!route || !operation) return;
  const { status } = response;
  const where = `${method} ${url} (${operation.operationId}) answered ${status}`;
  const said = operation.responses[status];
  if (!said) throw new Error(`${where}, which openapi.json does not say`);
  // it has the headers of an answer, and no body
  if (method === 'HEAD') return;
  const place = said.$ref ?? `#/paths/${escaped(route.path)}/${method.toLowerCase()}/responses/${status}`;
  const name = said.$ref?.split('/').at(-1);
  const content = (name === undefined ? said : document.components.responses[name]!).content;
  const type = response.headers.get('content-type')?.split(';', 1)[0] ?? null;
  if (!content) {
    if (type !== null) throw new Error(`${where} with ${type}, but openapi.json says nothing`);
    return;
  }
  const known = Object.keys(content).find((one) => one === type || one === `${type?.split('/', 1)[0]}/*`);
  if (known === undefined) throw new Error(`${where} with ${type}, which openapi.json does not say`);
  if (!/^application\/(problem\+)?json$/.test(known)) return;
  const validate = ajv.compile({ $ref: `openapi${place}/content/${escaped(known)}/schema` });
  const body: unknown = await response.clone().json();
  if (validate(body)) return;
  throw new Error(`${where} otherwise than openapi.json says: ${ajv.errorsText(validate.errors?.slice(0, 5))}`);
}
