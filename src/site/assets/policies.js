// What a reader is shown of the contract: the `x-…` that the server acts on, in words. For Swagger UI and Redoc alike;
// the published document stays as it is.

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** What each extension of an operation says, as `[label, HTML]`; `undefined` says nothing. In the order of the page. */
const sentences = [
  ['Who may call', whoMayCall],
  ['How often', howOften],
  ['Body', bodySize],
  ['If repeated', ifRepeated],
  ['Recorded', recorded],
  ['Deprecated', deprecated],
  ['Messages', messages],
];
const told = [
  'x-access',
  'x-rate-limit',
  'x-max-body',
  'x-idempotent',
  'x-audit',
  'x-deprecated-since',
  'x-sunset',
  'x-websocket',
];
const marks = ['x-pii', 'x-problems', 'x-message'];
const defaultMaxBody = 1024 ** 2;

/** A copy of the document whose descriptions tell the policies of operations and the marks of properties. */
export function withPoliciesTold(contract) {
  const document = withMarksTold(contract);
  for (const item of Object.values(document.paths ?? {})) {
    for (const operation of methods.map((method) => item[method]).filter(Boolean)) {
      const points = sentences.map(([label, tell]) => [label, tell(operation, document)]);
      operation.description = `${operation.description ?? ''}\n\n${listOf(points.filter(([, text]) => text))}\n`;
      for (const extension of told) delete operation[extension];
    }
  }
  return document;
}

/** One line: to Markdown, HTML ends at an empty one. */
function listOf(points) {
  return `<dl>${points.map(([label, text]) => `<dt>${label}</dt><dd>${text}</dd>`).join('')}</dl>`;
}

function whoMayCall({ security, 'x-access': access }, document) {
  const alternatives = security ?? document.security ?? [];
  if (alternatives.length === 0) return 'Anybody, without signing in.';
  const callers = alternatives.map((alternative) => callerOf(alternative, document)).join(', or ');
  const relations = {
    self: ', each about themselves; a superuser about anybody',
    owner: ', each for what they own; a superuser for everything',
  };
  return `${callers}${relations[access] ?? ''}.`;
}

/** By the words that the contract itself has for a scope. */
function callerOf(alternative, { components = {} }) {
  const callers = Object.entries(alternative).map(([scheme, scopes]) => {
    const { flows = {} } = components.securitySchemes?.[scheme] ?? {};
    const described = Object.assign({}, ...Object.values(flows).map((flow) => flow.scopes));
    return scopes.map((scope) => escaped(described[scope] ?? scope)).join(' and ') || code(scheme);
  });
  return callers.join(' with ') || 'anybody, without signing in';
}

function howOften({ security, 'x-rate-limit': own }, document) {
  const isPublic = (security ?? document.security ?? []).length === 0;
  const limits = (own ?? document['x-rate-limit'] ?? []).filter(({ by }) => !(isPublic && by === 'user'));
  if (limits.length === 0) return undefined;
  const texts = [...Map.groupBy(limits, counterOf).values()].map((together) => {
    const [{ limit, window_seconds: seconds }] = together;
    const times = limit === 1 ? 'once' : `${limit.toLocaleString('en')} times`;
    return `${times} ${during(seconds)} ${counted(together.map(({ by }) => by))}`;
  });
  const scope = own ? '' : ', counted over all operations that have no limits of their own';
  return `At most ${texts.join(', and ')}${scope}. Beyond that: 429.`;
}

/** As the server counts: properties of a body share a counter where their limits agree. */
function counterOf({ by, limit, window_seconds: seconds }) {
  return `${by.startsWith('body.') ? 'body' : by} ${limit}/${seconds}`;
}

function counted([by, ...others]) {
  if (by === 'ip') return 'from one IP address';
  if (!by.startsWith('body.')) return `by one ${escaped(by)}`;
  const names = [by, ...others].map((each) => code(each.slice('body.'.length)));
  return `with the same ${names.join(' or ')} in the body`;
}

function during(seconds) {
  const units = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ];
  const [size, unit] = units.find(([each]) => seconds % each === 0);
  const count = seconds / size;
  if (count > 1) return `in ${count} ${unit}s`;
  return unit === 'hour' ? 'an hour' : `a ${unit}`;
}

function bodySize({ requestBody, 'x-max-body': own }, document) {
  if (!requestBody) return undefined;
  return `${bytes(own ?? document['x-max-body'] ?? defaultMaxBody)} at most.`;
}

function bytes(count) {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  let step = 0;
  for (; count % 1024 === 0 && step < 3; step += 1) count /= 1024;
  return `${count.toLocaleString('en')} ${units[step]}`;
}

function ifRepeated({ 'x-idempotent': isIdempotent }) {
  if (!isIdempotent) return undefined;
  return `With the same ${code('Idempotency-Key')} it is done once: for 24 hours you get the first reply again, with
    ${code('Idempotency-Replayed: true')}. While the first request runs it is a 409; with the same key and another
    request it is a 422.`.replaceAll(/\s+/g, ' ');
}

function recorded({ 'x-audit': event }) {
  if (!event) return undefined;
  const what = event.endsWith('.read') ? ', when it is about what belongs to others' : '';
  return `As ${code(event)} in the audit trail, whether it is done or refused${what}.`;
}

function deprecated({ 'x-deprecated-since': since, 'x-sunset': last }) {
  return [since && `Since ${day(since)}.`, last && `Its last day is ${day(last)}.`].filter(Boolean).join(' ');
}

function day(date) {
  return new Date(date).toLocaleDateString('en', { dateStyle: 'long', timeZone: 'UTC' });
}

function messages({ 'x-websocket': socket }) {
  return socket && `The client sends ${code(socket.client)}, the server ${code(socket.server)}.`;
}

/** Properties with personal data say so; what only the server needs of a schema is left out. */
function withMarksTold(contract) {
  return JSON.parse(JSON.stringify(contract), (_key, node) => {
    if (node?.['x-pii'] === true) return inWords(node, contract, 'Personal data.');
    if (node?.['x-problems']) return inWords(node, contract, '[What each one means](/problems).');
    if (typeof node?.['x-message'] === 'string') return inWords(node, contract);
    return node;
  });
}

function inWords(schema, contract, words) {
  const shown = Object.fromEntries(Object.entries(schema).filter(([key]) => !marks.includes(key)));
  if (!words) return shown;
  const description = shown.description ?? referenced(shown.$ref, contract)?.description ?? '';
  return { ...shown, description: `${description} ${words}`.trim() };
}

function referenced(ref, contract) {
  return ref
    ?.slice('#/'.length)
    .split('/')
    .reduce((node, step) => node?.[step], contract);
}

function code(text) {
  return `<code>${escaped(text)}</code>`;
}

function escaped(text) {
  return String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
