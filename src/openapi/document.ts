import { readFileSync } from 'node:fs';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { type Content, operationOf, type OperationSpec } from './operation.js';
import { Problem, problemReference, problemResponses } from './problem.js';

/** Real answers of a service to real requests, by operationId (scripts/api-examples.mjs). */
interface Examples {
  readonly operations: Readonly<
    Record<
      string,
      | {
          readonly body?: unknown;
          readonly answers: Readonly<Record<string, unknown>>;
          /** Of the answer 200, where it has several forms: by media type, or by what makes the difference. */
          readonly variants?: Readonly<Record<string, unknown>>;
        }
      | undefined
    >
  >;
  /** By status. */
  readonly problems: Readonly<Record<string, unknown>>;
}

const EXAMPLES = new URL('../../docs/api-examples.json', import.meta.url);

type Components = Record<string, object>;

/**
 * A zod schema as OpenAPI 3.1 has it. One with an id is a component, and so are those inside it. Answers may get more fields
 * later, so a client has to pass over those that it does not know.
 */
export function schemaOf(
  schema: z.ZodType,
  io: 'input' | 'output',
): { readonly schema: object; readonly components: Components } {
  const {
    $schema: _dialect,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      delete jsonSchema.id;
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  const text = JSON.stringify({ own, $defs }).replaceAll('"#/$defs/', '"#/components/schemas/');
  const rewritten = JSON.parse(text) as { own: object; $defs: Components };
  return { schema: rewritten.own, components: rewritten.$defs };
}

const SECURITY = [{ key: [] }, { header: [] }, { cookie: [] }];
/** Any route may answer so. */
const USUAL_PROBLEMS = [400, 401, 403, 429, 500, 503];
const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A repeated request with this key gets its first answer, for a day',
  schema: { type: 'string', maxLength: 200 },
};
const RANGE = { name: 'Range', in: 'header', required: false, schema: { type: 'string' } };

/** The OpenAPI document of what an application serves. */
function describeApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('kinoscope')
    .setDescription(
      'Genre, closing credits and cast of films. Times are seconds, boxes [x, y, width, height] as fractions of the frame; ' +
        'errors are application/problem+json. Answers may get more fields; a parameter that is unknown is an error.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key, ks_...' }, 'key')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'header')
    .addCookieAuth('kinoscope_key', { type: 'apiKey' }, 'cookie')
    .build();
  const document = SwaggerModule.createDocument(app, builder, {
    operationIdFactory: (controller, method) => `${controller}.${method}`,
    autoTagControllers: false,
    standardSchemaConverter: (schema, { schemaType }) =>
      schema instanceof z.ZodType ? schemaOf(schema, schemaType) : undefined,
  });
  const examples = JSON.parse(readFileSync(EXAMPLES, 'utf8')) as Examples;
  const components: Components = {};
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path as Record<string, Described>)) {
      const spec = operationOf(operation.operationId);
      operation.operationId = spec.id;
      operation.summary = spec.summary;
      if (spec.description) operation.description = spec.description;
      if (spec.deprecated) operation.deprecated = true;
      operation.tags = [spec.tag];
      describe(operation, spec, examples.operations[spec.id], components);
    }
  }
  const known = { ...document.components?.schemas, ...components, ...schemaOf(Problem, 'output').components };
  return {
    ...document,
    components: {
      ...document.components,
      schemas: Object.fromEntries(Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1))) as never,
      responses: problemResponses(examples.problems) as never,
    },
  };
}

/** Serves the document, and the page that shows it, at /docs. */
export function serveDocument(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app));
}

/** An operation of the document. */
interface Described {
  operationId: string;
  summary?: string;
  description?: string;
  deprecated?: boolean;
  tags?: string[];
  parameters?: unknown[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
  security?: unknown[];
}

function describe(
  operation: Described,
  spec: OperationSpec,
  example: Examples['operations'][string],
  components: Components,
): void {
  const register = (schema: z.ZodType, io: 'input' | 'output'): object => {
    const described = schemaOf(schema, io);
    Object.assign(components, described.components);
    return described.schema;
  };
  const media = (schema: object, shown: unknown): object => ({
    schema,
    ...(shown === undefined ? {} : { example: shown }),
  });
  operation.security = spec.open ? [] : SECURITY;
  if (spec.idempotent) operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
  if (spec.ranges) operation.parameters = [...(operation.parameters ?? []), RANGE];
  if (spec.body) {
    const content = Object.entries(spec.body).map(([type, schema]) => [type, register(schema, 'input')] as const);
    operation.requestBody = {
      required: true,
      content: Object.fromEntries(content.map(([type, schema]) => [type, { schema }])),
    };
  }
  const body = operation.requestBody as { content: Record<string, { schema: object }> } | undefined;
  const json = body?.content['application/json'];
  if (body && json) body.content['application/json'] = media(json.schema, example?.body) as { schema: object };
  const contentOf = (content: Content, status: string): object => {
    if (content === null) return {};
    if ('types' in content) {
      const { types, binary, json: readable } = content;
      const schema = { type: 'string', ...(binary && { format: 'binary' }) };
      const shown = (type: string): unknown => example?.variants?.[type] ?? example?.answers[status];
      return {
        content: {
          ...Object.fromEntries(types.map((type) => [type, media(schema, shown(type))])),
          ...(readable && { 'application/json': media(register(readable, 'output'), shown('application/json')) }),
        },
      };
    }
    const schema = register(content, 'output');
    if (status !== '200' || !example?.variants)
      return { content: { 'application/json': media(schema, example?.answers[status]) } };
    const examples = Object.entries(example.variants).map(([name, value]) => [name, { value }] as const);
    return { content: { 'application/json': { schema, examples: Object.fromEntries(examples) } } };
  };
  const answers = Object.entries(spec.answers).map(([status, content]): [string, object] => [
    status,
    { description: DESCRIPTIONS[status] ?? '', ...contentOf(content, status) },
  ]);
  operation.responses = Object.fromEntries([...answers, ...problemsOf(spec, body !== undefined)]);
}

/** The errors that an operation may end with. */
function problemsOf(spec: OperationSpec, hasBody: boolean): [string, object][] {
  const extra = [
    ...(spec.problems ?? []),
    ...(spec.idempotent ? [409, 422] : []),
    ...(spec.ranges ? [416] : []),
    ...(hasBody ? [408, 413] : []),
  ];
  const usual = spec.open ? USUAL_PROBLEMS.filter((status) => status !== 401 && status !== 403) : USUAL_PROBLEMS;
  return [...new Set([...usual, ...extra])]
    .filter((status) => !(status in spec.answers))
    .sort((a, b) => a - b)
    .map((status): [string, object] => [String(status), problemReference(status)]);
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  200: 'The answer',
  201: 'What was made',
  202: 'What is being done',
  204: 'Done',
  206: 'The bytes that were asked for',
  304: 'As before',
  503: 'Not everything is there',
};
