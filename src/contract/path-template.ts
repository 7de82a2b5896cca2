/** Path templates of the contract (`/items/{item_id}`), checked and written as the router wants them. */
import type { ContractDocument } from './document.ts';

const expression = /\{([^{}]*)\}/g;

/** One parameter, between literal text; text after it must start with a character that ends a parameter. */
const servedSegment = /^[^{}]*(?:\{[^{}]+\}(?:[-.][^{}]*)?)?$/;

/** Characters that would mean something to the router or can never be matched. */
const reserved = /[*()?#%\\\s]/;

/** Names of the path parameters, in the order of the template. */
export function parameterNamesOf(path: string): string[] {
  return [...path.matchAll(expression)].map(([, name = '']) => name);
}

/** Two templates of the same shape answer the same paths. */
export function shapeOf(path: string): string {
  return path.replace(expression, '{}');
}

/**
 * `/items/{item_id}` as find-my-way writes it: `/items/:p0`. Colons of the contract are literal. Before a
 * suffix it takes an empty value unless told otherwise: `/.png` would be a picture without a name.
 */
export function treePath(path: string): string {
  let index = 0;
  const suffixed = /(\{[^{}]*\})(?=[-.])/g;
  return path
    .replaceAll(':', '::')
    .replace(suffixed, '$1(.+?)')
    .replace(expression, () => `:p${index++}`);
}

/** Why a template cannot be served; undefined: it can. */
export function templateFault(path: string): string | undefined {
  if (!path.startsWith('/')) return 'does not start with a slash';
  if (reserved.test(path.replace(expression, '')))
    return 'has a character that paths must not have: * ( ) ? # % \\';
  const segments = path.split('/');
  if (!segments.every((segment) => servedSegment.test(segment))) {
    return 'has a segment that is not supported (one parameter, and after it only text that starts with - or .)';
  }
  const names = parameterNamesOf(path);
  return new Set(names).size < names.length ? 'names a parameter twice' : undefined;
}

/** The path prefix of the API, from the first server: `/api/v1`, or empty. */
export function serverPrefix(document: ContractDocument): string {
  const url = serverUrl(document);
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path.replace(/\/+$/, '');
}

/** The first server's URL, with the defaults of its variables; one without a default stays as it is. */
export function serverUrl({ servers }: ContractDocument): string {
  const { url = '/', variables = {} } = servers?.[0] ?? {};
  return url.replace(expression, (written, name: string) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return typeof variable?.default === 'string' ? variable.default : written;
  });
}
