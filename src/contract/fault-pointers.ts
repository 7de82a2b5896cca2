/**
 * Where in a document a fault is, by the words that it is told with. Whoever finds a fault tells it in a sentence and
 * need not carry its way through the document along; where a sentence is not known here, the place is that of the
 * operation or component which it begins with.
 */
import { responseOf, subjectFinder } from './fault-subjects.ts';
import { typesOf } from './schema-types.ts';
import type { ToldFault } from './boot-faults.ts';
import type { ContractDocument } from './document.ts';
import type { Subject } from './fault-subjects.ts';
import type { Spot } from './spots.ts';

/** The JSON pointers of faults; undefined for what is not in the document. */
export function faultPointers(document: ContractDocument): (fault: ToldFault) => string | undefined {
  const { subjectOf, spotAt } = subjectFinder(document);
  return ({ where, what, pointer }) => {
    if (pointer !== undefined) return spotAt(pointer)?.pointer ?? pointer;
    const subject = subjectOf(where);
    if (!subject) return undefined;
    for (const [pattern, find] of readings) {
      const words = pattern.exec(what)?.slice(1);
      const spot = words && find(subject, ...words);
      if (spot) return spot.pointer;
    }
    return subject.own.pointer;
  };
}

/** Finds what a sentence names, by the words that its pattern takes from it. */
type Reading = (subject: Subject, first?: string, second?: string) => Spot | undefined;

/** The first that fits a sentence and finds something counts. */
const readings: readonly (readonly [pattern: RegExp, find: Reading])[] = [
  [/^has the parameter (.+?) in (path|query|header|cookie)\b/, describedParameter],
  [/^declares the path parameter (.+), which /, (subject, name) => declaredParameter(subject, name, 'path')],
  [/^declares the parameter (.+) in (\w+) more than once/, declaredParameter],
  [/^takes (\S+) and has the parameter (.+?) in /, propertyOfBody],
  [/^takes (\S+) with the property (.+?), /, propertyOfBody],
  [/^takes (\S+) with an encoding of (\S+)/, (subject, type = '', name = '') =>
    inBody(subject, 'content', type, 'encoding', name)],
  [/^takes (\S+) with an encoding/, (subject, type = '') => inBody(subject, 'content', type, 'encoding')],
  [/^takes (\S+\/\S+)/, (subject, type = '') => inBody(subject, 'content', type)],
  [/^takes a body/, (subject) => inBody(subject)],
  [/^answers (\S+) as ([^\s,]+)/, mediaOfResponse],
  [/^documents the status (\S+),/, (subject, status = '') => responseOf(subject.walk, subject.operation, status)],
  [/^documents no response/, ({ walk, operation }) => walk.along(operation, 'responses')],
  [/^names the undeclared security scheme (\S+)/, securityOf],
  [/^cannot be an operationId/, ({ walk, operation }) => walk.along(operation, 'operationId')],
  [/^has the field (\S+),/, ({ walk, own }, field = '') => walk.along(own, field)],
  [/^has servers /, ({ walk, own }) => walk.along(own, 'servers')],
  [/(?<=^|\s)(x-[a-z][a-z-]*)(?:.*?\s(x-[a-z][a-z-]*))?/, extension],
  [/\$ref that (?:leads nowhere|is not supported): (\S+)/, reference],
  [/can't resolve reference [^#]*(#\S*)/, reference],
  [/unknown format "(.+?)"/, (subject, format) => keyword(subject, 'format', (value) => value === format)],
  [/unknown keyword: "(.+?)"/, (subject, name = '') => keyword(subject, name)],
  [/(\S+) value must be (\[.*?\])/, (subject, name = '', types = '') =>
    keyword(subject, name, (value) => !types.includes(`"${typeOf(value)}"`))],
  [/schema (?:with|that has) ([\w$-]+)/, (subject, name = '') => keyword(subject, name)],
  [/default that its own schema does not allow: (.*)/, (subject, json) =>
    keyword(subject, 'default', (value) => JSON.stringify(value) === json)],
  [/discriminator that maps (.+) to (\S+), /, (subject, name = '', ref) =>
    keyword(subject, name, (value) => value === ref)],
  [/uniqueItems of others than scalars/, slowList],
]; // prettier-ignore

/** Where a parameter of an operation, or a header of a response, is described. */
function describedParameter(subject: Subject, name?: string, location?: string): Spot | undefined {
  const { walk, response } = subject;
  const declared = response
    ? walk.along(response, 'headers', name ?? '')
    : declaredParameter(subject, name, location);
  return declared && walk.through(declared);
}

/** Where an operation lists a parameter, or its path does; the last time of several. */
function declaredParameter(
  { walk, item, operation }: Subject,
  name?: string,
  location?: string,
): Spot | undefined {
  const lists = [operation, item].map((owner) => walk.entriesOf(walk.along(owner, 'parameters')));
  return lists
    .map((list) => list.findLast(([, spot]) => isCalled(walk.through(spot).node, name, location)))
    .find((found) => found !== undefined)?.[1];
}

function isCalled(parameter: unknown, name?: string, location?: string): boolean {
  if (typeof parameter !== 'object' || parameter === null) return false;
  return 'name' in parameter && parameter.name === name && 'in' in parameter && parameter.in === location;
}

function inBody({ walk, operation }: Subject, ...keys: readonly string[]): Spot | undefined {
  return walk.along(operation, 'requestBody', ...keys);
}

function propertyOfBody({ walk, operation }: Subject, type = '', name = ''): Spot | undefined {
  return walk.along(operation, 'requestBody', 'content', type, 'schema', 'properties', name);
}

function inResponse({ walk, operation }: Subject, status: string, ...keys: readonly string[]) {
  return walk.along(responseOf(walk, operation, status), ...keys);
}

function mediaOfResponse(subject: Subject, status = '', type = ''): Spot | undefined {
  return inResponse(subject, status, 'content', type);
}

/** An operation that names none has the document's. */
function securityOf({ document, walk, operation }: Subject, scheme = ''): Spot | undefined {
  const list = walk.along(operation, 'security') ?? walk.along(document, 'security');
  const named = walk.entriesOf(list).map(([, requirement]) => walk.along(requirement, scheme));
  return named.find((spot) => spot !== undefined) ?? list;
}

/** An operation that does not say it itself has the document's. */
function extension({ document, walk, operation }: Subject, first = '', second = ''): Spot | undefined {
  const places = [operation, document].flatMap((owner) =>
    [first, second].map((name) => walk.along(owner, name)),
  );
  return places.find((place) => place !== undefined);
}

function reference(subject: Subject, ref?: string): Spot | undefined {
  return keyword(subject, '$ref', (value) => value === ref);
}

function slowList(subject: Subject): Spot | undefined {
  const contract = subject.document.node as ContractDocument; // It is the root of the document.
  return keyword(subject, 'uniqueItems', (value, list) => {
    const types = typesOf(contract, 'items' in list ? list.items : undefined);
    return value === true && (types.length === 0 || types.includes('object') || types.includes('array'));
  });
}

/** A keyword in the subject: of an operation, first in what it takes. */
function keyword(
  { walk, own, item, operation }: Subject,
  name: string,
  fits: (value: unknown, parent: object) => boolean = () => true,
): Spot | undefined {
  const taken = own === operation ? ['parameters', 'requestBody'].map((key) => walk.along(own, key)) : [];
  for (const place of [...taken, own, walk.along(item, 'parameters')]) {
    const found = place && walk.keyword(place, name, fits);
    if (found) return found;
  }
  return undefined;
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}
