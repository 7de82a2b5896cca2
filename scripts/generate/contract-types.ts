// generated/contract.ts: the types of every schema and operation of the contract.
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { typescriptSource } from './source.ts';

export async function contractTypes(document: OpenAPI3): Promise<string> {
  const nodes = await openapiTS(document, {
    immutable: true,
    alphabetize: true,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    // A property with a default may be left out of a request.
    defaultNonNullable: false,
    emptyObjectsUnknown: true,
    readWriteMarkers: true,
    silent: true,
  });
  return typescriptSource('openapi/', astToString(nodes));
}
