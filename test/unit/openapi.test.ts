import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ts from 'typescript';

/** openapi.json is what the service serves: scripts/start-check.mjs compares them. */

interface Media {
  readonly schema: { readonly $ref?: string; readonly oneOf?: readonly unknown[] };
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Answer {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Answer>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, Answer>>;
    readonly securitySchemes: object;
  };
}

const document = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, ...operation })),
);
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(document, 'openapi');

/** The JSON contents of an operation, and where they are. */
function jsonOf({
  name,
  path,
  requestBody,
  responses,
}: (typeof operations)[number]): { place: string; media: Media }[] {
  const method = name.split(' ', 1)[0]!;
  const at = `openapi#/paths/${path.replaceAll('/', '~1')}/${method}`;
  const body = requestBody?.content['application/json'];
  return [
    ...(body ? [{ place: `${at}/requestBody/content/application~1json/schema`, media: body }] : []),
    ...Object.entries(responses).flatMap(([status, { content }]) => {
      const media = content?.['application/json'];
      return media ? [{ place: `${at}/responses/${status}/content/application~1json/schema`, media }] : [];
    }),
  ];
}

describe('the OpenAPI document', () => {
  it('is of version 3.1 and names every operation once, as one would call it', () => {
    expect(document.openapi).toBe('3.1.0');
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+([A-Z][a-z]+)+$/);
    expect(names).toEqual(expect.arrayContaining(['listTitles', 'getCastAt', 'updateTitle', 'getStill']));
  });

  it.each(operations)('$operationId has named schemas, and examples that are as they say', (operation) => {
    for (const { place, media } of jsonOf(operation)) {
      // a readiness that fails cannot be shown while everything is there
      if (operation.operationId === 'getReadiness' && place.includes('/503/')) continue;
      expect(media.schema.$ref ?? media.schema.oneOf).toBeDefined();
      const shown = media.examples ? Object.values(media.examples).map(({ value }) => value) : [media.example];
      const validate = ajv.compile({ $ref: place });
      for (const one of shown) {
        expect(one).toBeDefined();
        validate(one);
        expect(validate.errors).toBeNull();
      }
    }
  });

  it.each(operations)(
    '$operationId says every failure as a problem document',
    ({ responses, security, parameters }) => {
      const failures = Object.entries(responses).filter(([status]) => Number(status) >= 400);
      for (const [status, answer] of failures) {
        if (!answer.$ref) expect(status).toBe('503');
        else {
          const { content } = document.components.responses[answer.$ref.split('/').at(-1)!]!;
          expect(content?.['application/problem+json']?.schema.$ref).toBe('#/components/schemas/Problem');
        }
      }
      const statuses = Object.keys(responses);
      expect(statuses).toEqual(expect.arrayContaining(['400', '429', '500', '503']));
      if (security.length > 0) expect(statuses).toEqual(expect.arrayContaining(['401', '403']));
      if (parameters?.some(({ name }) => name === 'id')) expect(statuses).toContain('404');
    },
  );

  it('tells who is on screen in one form with t and in another without', () => {
    const cast = document.paths['/v1/titles/{id}/cast']!['get']!.responses['200']!.content!['application/json']!;
    expect(cast.schema.oneOf).toEqual([{ $ref: '#/components/schemas/Cast' }, { $ref: '#/components/schemas/CastAt' }]);
    expect(Object.keys(cast.examples!)).toEqual(['without t', 'with t']);
  });

  it('says what every field is', () => {
    const walk = (part: unknown, place: string): void => {
      if (typeof part !== 'object' || part === null) return;
      for (const [name, field] of Object.entries('properties' in part ? (part.properties as object) : {}))
        expect([`${place}.${name}`, Object.keys(field as object).filter((key) => key !== 'description')]).not.toEqual([
          `${place}.${name}`,
          [],
        ]);
      for (const [name, inner] of Object.entries(part)) walk(inner, `${place}.${name}`);
    };
    walk(document.components.schemas, 'schemas');
  });

  it('types every body for a client: none of anything or of nothing', () => {
    const file = ts.createSourceFile('schema.ts', readFileSync('src/client/schema.ts', 'utf8'), ts.ScriptTarget.ESNext);
    const untyped: string[] = [];
    const walk = (node: ts.Node, place: readonly string[]): void => {
      const here = ts.isPropertySignature(node) ? [...place, node.name.getText(file)] : place;
      const { kind } = node;
      if (
        kind === ts.SyntaxKind.NeverKeyword ||
        kind === ts.SyntaxKind.AnyKeyword ||
        kind === ts.SyntaxKind.UnknownKeyword
      )
        untyped.push(here.join('.'));
      node.forEachChild((child) => walk(child, here));
    };
    walk(file, []);
    // parameters and methods that there are none of, headers without names, answers without a body
    const methods = 'get|put|post|delete|options|head|patch|trace';
    const absent = new RegExp(
      `^$|headers$|(^|\\.)(${methods}|query|header|path|cookie|requestBody|pathItems|requestBodies|parameters)$|\\.(204|304)\\.content$`,
    );
    expect(untyped.filter((place) => !absent.test(place))).toEqual(['headUpload.responses.200.content']);
  });

  it('knows the ways to send a key, and which routes need none', () => {
    expect(Object.keys(document.components.securitySchemes)).toEqual(['key', 'header', 'cookie']);
    const open = operations.filter(({ security }) => security.length === 0).map(({ operationId }) => operationId);
    expect(open.sort()).toEqual(['endSession', 'getHealth', 'getReadiness', 'startSession']);
  });
});
