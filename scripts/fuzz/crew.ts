/** The people on whose behalf hostile requests are sent; they are made anew when a request ends their account. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { insertUser } from '#features/users/queries.ts';
import { createDatabase } from '#platform/database/database.ts';
import { createPasswords } from '#platform/passwords.ts';
import type { Client } from './client.ts';
import { asNode, operations } from './contract.ts';
import type { Node } from './contract.ts';

export interface Member {
  readonly userId: number;
  /** By the path parameter that addresses it: what belongs to the member, and `user_id` itself. */
  readonly ids: Readonly<Record<string, string | number>>;
  readonly email: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export const password = 'Correct-Horse-1';

const passwords = createPasswords({ cost: { memoryCost: 64, timeCost: 1, parallelism: 1 } });
let count = 0;

export interface NewMember {
  readonly pool: Pool;
  readonly client: Client;
  readonly isSuperuser?: boolean;
}

/** Somebody new who is signed in, and has one thing of each kind that the contract lets one make. */
export async function enlist({ pool, client, isSuperuser = false }: NewMember): Promise<Member> {
  count += 1;
  const email = `crew-${process.pid}-${count}@example.com`;
  const password_hash = await passwords.hash(password);
  const user = { email, full_name: 'Ada Lovelace', password_hash, is_superuser: isSuperuser };
  const { id: userId } = await insertUser(createDatabase(pool), { ...user, now: new Date() });
  const tokens = await post(client, { path: '/api/v1/auth/login', body: { email, password } });
  const accessToken = String(tokens['access_token']);
  const refreshToken = String(tokens['refresh_token']);
  // No request makes a failed job: what addresses one finds none.
  const ids: Record<string, string | number> = { user_id: userId, job_id: randomUUID() };
  for (const { parameter, path, body } of creations) {
    const { id } = await post(client, { path, body, accessToken });
    ids[parameter] = typeof id === 'number' ? id : String(id);
  }
  ids['file_id'] = await upload(client, accessToken);
  return { userId, ids, email, accessToken, refreshToken };
}

/** `/items/{item_id}` addresses what a POST to `/items` makes; its body is the contract's example. */
export const creations: readonly Creation[] = operations.flatMap(({ method, path, isSecured, example }) => {
  if (method !== 'POST' || !isSecured || example === undefined) return [];
  const addressing = operations.find((other) => parentOf(other.path) === path);
  const parameter = addressing?.parameters.find((one) => addressing.path.endsWith(`/{${one.name}}`));
  return parameter ? [{ parameter: parameter.name, schema: parameter.schema, path, body: example }] : [];
});

interface Creation {
  /** The name of the path parameter. */
  readonly parameter: string;
  readonly schema: Node;
  readonly path: string;
  readonly body: unknown;
}

/** `/items` of `/items/{item_id}`. */
function parentOf(path: string): string | undefined {
  return /^(.+)\/\{\w+\}$/.exec(path)?.[1];
}

interface Post {
  readonly path: string;
  readonly body: unknown;
  readonly accessToken?: string;
}

function post(client: Client, { path, body, accessToken }: Post): Promise<Node> {
  return send(client, { path, type: 'application/json', body: JSON.stringify(body), accessToken });
}

/** A file is made by a form, which `creations` does not know; returns its id. */
async function upload(client: Client, accessToken: string): Promise<string> {
  const part = 'Content-Disposition: form-data; name="files"; filename="note.txt"\r\n\r\nFeed the cat.';
  const { items } = await send(client, {
    path: '/api/v1/files',
    type: 'multipart/form-data; boundary=crew',
    body: `--crew\r\n${part}\r\n--crew--\r\n`,
    accessToken,
  });
  return Array.isArray(items) ? String(asNode(items[0])['id']) : '';
}

interface Sent {
  readonly path: string;
  readonly type: string;
  readonly body: string;
  readonly accessToken: string | undefined;
}

async function send(client: Client, { path, type, body, accessToken }: Sent): Promise<Node> {
  const headers = {
    'Content-Type': type,
    ...(accessToken === undefined ? {} : { Authorization: `Bearer ${accessToken}` }),
  };
  const reply = await client.send({ method: 'POST', path, headers, body });
  if (reply.status >= 300) throw new Error(`POST ${path} -> ${reply.status} ${reply.text}`);
  return asNode(JSON.parse(reply.text));
}
