/** The rows that every peer works on, and the token that every request carries. */
import { createSecretKey, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { Client } from 'pg';
import { migrateDatabase } from '#platform/migrate.ts';

export interface BenchData {
  readonly url: string;
  /** Of a user with a live session. */
  readonly token: string;
  /** The newest item of this user. */
  readonly itemId: number;
}

export interface Filling {
  readonly secretKey: string;
  /** All items together; a thousand of them belong to the user whose token it is. */
  readonly rows: number;
}

const users = 1000;
const ownItems = 1000;

/** Migrates an empty database and fills it: a thousand users, the last of whom is signed in. */
export async function fillDatabase(url: string, { secretKey, rows }: Filling): Promise<BenchData> {
  await migrateDatabase({ url });
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `insert into users (email, password_hash)
       select 'user' || n || '@example.com', 'none' from generate_series(1, $1::int) n`,
      [users],
    );
    await insertItems(client, { count: rows - ownItems, owner: `1 + n % ${users - 1}` });
    await insertItems(client, { count: ownItems, owner: String(users) });
    await client.query('vacuum analyze');
    const sessionId = await insertSession(client);
    return { url, token: await signToken(secretKey, sessionId), itemId: await newestItem(client) };
  } finally {
    await client.end();
  }
}

/** `owner` is SQL over the number `n` of the row. */
function insertItems(client: Client, { count, owner }: { count: number; owner: string }) {
  return client.query(
    `insert into items (owner_id, title, description)
     select ${owner}, 'Item ' || n, 'The description of item ' || n from generate_series(1, $1::int) n`,
    [count],
  );
}

async function insertSession(client: Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `insert into sessions (user_id, expires_at) values ($1, now() + interval '1 day') returning id`,
    [users],
  );
  return rows[0]?.id ?? '';
}

async function newestItem(client: Client): Promise<number> {
  const { rows } = await client.query<{ id: number }>('select max(id) as id from items where owner_id = $1', [
    users,
  ]);
  return rows[0]?.id ?? 0;
}

/** As Accord signs them when it is told that they live for a day: filling millions of rows takes its time. */
function signToken(secretKey: string, sessionId: string): Promise<string> {
  return new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .setIssuer('accord')
    .setAudience('accord-api')
    .setSubject(String(users))
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('1 day')
    .sign(createSecretKey(secretKey, 'utf8'));
}
