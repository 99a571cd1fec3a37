/** Writes the types of the REST client from the OpenAPI document. */
import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const BLOB = ts.factory.createTypeReferenceNode('Blob');

/** @param document as the service serves it @param file where the types are to lie */
export async function clientTypes(document, file) {
  const nodes = await openapiTS(document, {
    alphabetize: true,
    // what has a default may be left out of a request
    defaultNonNullable: false,
    transform: (schema) => (schema.format === 'binary' ? BLOB : undefined),
  });
  const text = `/* Generated from openapi.json by "node scripts/start-check.mjs --write". */\n\n${astToString(nodes)}`;
  return format(text, { ...(await resolveConfig(file)), parser: 'typescript' });
}
