// The floor: what node:http and pg cost when everything is written by hand for these five requests alone.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import pg from 'pg';
import { internal, invalid, notFound, problemType, unauthorized } from './problems.ts';
import type { FieldError, Problem } from './problems.ts';

const { DATABASE_URL, SECRET_KEY = '', PORT } = process.env;
pg.types.setTypeParser(20, Number);
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
pool.on('error', () => undefined);

const columns = 'id, owner_id, title, description, version, created_at, updated_at';
const principalQuery = {
  name: 'principal',
  text: `select u.id, u.is_superuser from sessions s join users u on u.id = s.user_id
         where s.id = $1 and u.id = $2 and u.is_active and s.revoked_at is null and s.expires_at > $3`,
};
const itemQuery = {
  name: 'item',
  text: `select ${columns} from items where id = $1 and owner_id = $2`,
};
const pageQuery = {
  name: 'page',
  text: `select ${columns} from items where owner_id = $1 order by id desc limit $2 offset $3`,
};
const countQuery = {
  name: 'count',
  text: 'select count(*) as total from (select id from items where owner_id = $1 limit $2) as counted',
};
const insertQuery = {
  name: 'insert',
  text: `insert into items (owner_id, title, description, created_at, updated_at)
         values ($1, $2, $3, $4, $5) returning ${columns}`,
};

interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly exp: number;
}
interface User {
  readonly id: number;
}
interface ItemRow {
  readonly id: number;
  readonly version: number;
}

const verified = new Map<string, Claims>();

const server = http.createServer((req, res) => {
  handle(req, res).catch((error: unknown) => {
    console.error(error);
    fail(res, internal(failed(req)));
  });
});
process.once('SIGTERM', () => process.exit());
server.listen(Number(PORT), '127.0.0.1');

async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = req.url ?? '';
  const item = /^\/api\/v1\/items\/([1-9]\d*)$/.exec(url)?.[1];
  const isList = url === '/api/v1/items' || url.startsWith('/api/v1/items?');
  if (item === undefined && !isList) return fail(res, notFound('Not found', failed(req)));
  const user = await authenticate(req.headers.authorization);
  if (!user) return fail(res, unauthorized(failed(req)));
  if (item !== undefined) return readItem(req, res, { id: Number(item), ownerId: user.id });
  if (req.method === 'POST') return createItem(req, res, user);
  return listItems(res, user, new URLSearchParams(url.slice(url.indexOf('?') + 1)));
}

async function authenticate(authorization = ''): Promise<User | undefined> {
  const token = authorization.slice('Bearer '.length);
  const claims = verified.get(token) ?? verify(token);
  if (!claims || claims.exp * 1000 <= Date.now()) return undefined;
  const values = [claims.sid, Number(claims.sub), new Date().toISOString()];
  const { rows } = await pool.query<User>({ ...principalQuery, values });
  return rows[0];
}

function verify(token: string): Claims | undefined {
  const [head, payload, signature] = token.split('.');
  if (!head || !payload || !signature) return undefined;
  const expected = createHmac('sha256', SECRET_KEY).update(`${head}.${payload}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims: Claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  verified.set(token, claims);
  return claims;
}

async function readItem(
  req: IncomingMessage,
  res: ServerResponse,
  { id, ownerId }: { id: number; ownerId: number },
): Promise<void> {
  const { rows } = await pool.query<ItemRow>({ ...itemQuery, values: [id, ownerId] });
  if (!rows[0]) return fail(res, notFound(`Item ${id} not found`, failed(req)));
  sendItem(res, 200, rows[0]);
}

async function listItems(res: ServerResponse, user: User, query: URLSearchParams): Promise<void> {
  const page = Number(query.get('page') ?? 1);
  const size = Number(query.get('size') ?? 20);
  const [rows, counted] = await Promise.all([
    pool.query<ItemRow>({ ...pageQuery, values: [user.id, size, (page - 1) * size] }),
    pool.query<{ total: number }>({ ...countQuery, values: [user.id, 100_000] }),
  ]);
  const items = rows.rows.map(({ version: _version, ...item }) => item);
  const total = counted.rows[0]?.total ?? 0;
  send(res, 200, { items, total, page, size, pages: Math.ceil(total / size) });
}

async function createItem(req: IncomingMessage, res: ServerResponse, user: User): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const body: Record<string, unknown> = JSON.parse(Buffer.concat(chunks).toString());
  const errors = faultsOf(body);
  if (errors.length > 0) return fail(res, invalid(errors, failed(req)));
  const { title, description = null } = body;
  const now = new Date();
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<ItemRow>({
      ...insertQuery,
      values: [user.id, title, description, now, now],
    });
    await client.query('commit');
    if (rows[0]) sendItem(res, 201, rows[0]);
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

/** Every fault, not the first alone. */
function faultsOf({ title, description = null, ...others }: Record<string, unknown>): FieldError[] {
  const errors: FieldError[] = [];
  if (typeof title !== 'string') errors.push(fault('title', 'type', 'must be string'));
  else if (title.length < 1) errors.push(fault('title', 'minLength', 'must not be empty'));
  else if (title.length > 255) errors.push(fault('title', 'maxLength', 'must have 255 characters at most'));
  if (description !== null && typeof description !== 'string')
    errors.push(fault('description', 'type', 'must be string or null'));
  else if (description !== null && description.length > 2000)
    errors.push(fault('description', 'maxLength', 'must have 2000 characters at most'));
  for (const name of Object.keys(others)) errors.push(fault(name, 'additionalProperties', 'is not known'));
  return errors;
}

function fault(name: string, type: string, message: string): FieldError {
  return { field: `body.${name}`, pointer: `/${name}`, in: 'body', message, type };
}

function sendItem(res: ServerResponse, status: number, { version, ...item }: ItemRow): void {
  const location = status === 201 ? { Location: `/api/v1/items/${item.id}` } : {};
  send(res, status, item, { ETag: `"${version}"`, ...location });
}

function failed({ url = '' }: IncomingMessage) {
  return { path: url.split('?', 1)[0] ?? url, requestId: randomUUID() };
}

function fail(res: ServerResponse, problem: Problem): void {
  send(res, problem.status, problem, { 'Content-Type': problemType });
}

function send(res: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    ...headers,
    'Content-Length': Buffer.byteLength(text),
  });
  res.end(text);
}
