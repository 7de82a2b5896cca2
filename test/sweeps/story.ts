/** The contract's story in the database: the people and things of its examples, under the ids that they have there. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { createAccessTokens } from '#features/auth/access-token.ts';
import { hashRefreshToken } from '#features/auth/refresh-token.ts';
import type { Db } from '#platform/database/database.ts';
import { createLocalStorage } from '#platform/storage/local-storage.ts';
import { testSecret } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { asNode } from '../support/contract-check/document.ts';
import type { Node } from '../support/contract-check/document.ts';
import { queuedJobs, tellFailedJobs } from './story-jobs.ts';
import { exampleValue, operationNamed, replyOf } from './operations.ts';
import type { Operation } from './operations.ts';
import { adaId, storyTables, tableOf } from './story-rows.ts';
import type { StoryTable } from './story-rows.ts';

/** Who calls; the rows of the story belong to Ada. */
export interface Cast {
  readonly ada: string;
  readonly bob: string;
  readonly grace: string;
  /** Deactivated, with a session that nobody has ended. */
  readonly ines: string;
}

export interface Storyteller {
  /** Tells the story from its beginning, and gives the access token of everybody in it. */
  begin(): Promise<Cast>;
  /** All rows, to see that nothing has changed. Without those of `passing`. */
  rows(): Promise<Rows>;
}

/** As text, by table. */
export type Rows = Readonly<Record<string, string>>;

/**
 * A refusal may be an event of the audit trail; who goes from the sockets is told a moment later; and a ticket is got for
 * every handshake, also for one that is refused before anybody looks at it.
 */
const passing = ['audit_events', 'socket_messages', 'socket_tickets'];

const minutes = 60_000;

/** Those whom no example shows: a second superuser, so that Grace may go, and somebody who is deactivated. */
const extras: readonly Node[] = [
  { ...exampleValue('bob'), id: 4, email: 'ines@example.com', is_active: false },
  { ...exampleValue('grace'), id: 5, email: 'katherine@example.com' },
];

/** `withExtras`: the story has the people that no example shows as well. */
export async function storyteller(app: TestApp, { withExtras = false } = {}): Promise<Storyteller> {
  const { db, passwords, clock } = app.platform;
  const accessTokens = createAccessTokens({ secretKey: testSecret, lifetimeSeconds: 1800, clock });
  // Of everybody: an example about a password then fits whoever sends it.
  const password_hash = await passwords.hash(String(exampleValue('ada_signs_in')['password']));
  // Makes the queues.
  await app.platform.jobs.warmUp();
  // Columns that no reply shows, and that have no default.
  const hidden: Readonly<Record<string, Node>> = { users: { password_hash }, tasks: { owner_id: adaId } };
  const columns = await columnsOf(db);
  const tables = storyTables
    .filter(({ name }) => columns.has(name))
    .map(({ name, rows }) => {
      const all = name === 'users' && withExtras ? [...rows, ...extras] : rows;
      return { name, rows: all.map((row) => ({ ...row, ...hidden[name] })) };
    });
  const people = tables.find(({ name }) => name === 'users')?.rows ?? [];

  const sessionOf = ({ id }: Node, now: Date): Session => {
    const expires_at = new Date(now.getTime() + 60 * minutes);
    return { id: randomUUID(), user_id: Number(id), created_at: now, expires_at };
  };

  return {
    rows: () =>
      rowsOf(
        db,
        [...columns.keys()].filter((name) => !passing.includes(name)),
      ),
    async begin() {
      const now = clock.now();
      const sessions = people.map((person) => sessionOf(person, now));
      await forgetEverything(db, tables);
      const told = [
        ...tables,
        { name: 'sessions', rows: sessions },
        { name: 'refresh_tokens', rows: refreshTokens(sessions) },
        { name: 'socket_tickets', rows: socketTickets(sessions) },
      ];
      for (const { name, rows } of told)
        await insertRows(db, { name, rows, columns: columns.get(name) ?? [] });
      await tellFailedJobs(db);
      await keepContents(app, tables.find(({ name }) => name === 'files')?.rows ?? []);
      for (const { name, rows } of tables) if (hasNumbers(rows)) await continueIds(db, name);
      const token = async (userId: number) => {
        const session = sessions.find(({ user_id }) => user_id === userId);
        return session ? accessTokens.sign({ userId, sessionId: session.id }) : '';
      };
      const [grace = '', ada = '', bob = '', ines = ''] = await Promise.all([1, 2, 3, 4].map(token));
      return { grace, ada, bob, ines };
    },
  };
}

interface Session {
  readonly id: string;
  readonly user_id: number;
  readonly created_at: Date;
  readonly expires_at: Date;
}

/** A file is no file without its bytes. */
async function keepContents({ uploadFolder }: TestApp, files: readonly Node[]): Promise<void> {
  const [content] = replyOf(operationNamed('downloadFile'), 200)?.contents ?? [];
  const [example] = content?.examples ?? [];
  const bytes = Buffer.from(String(example?.value));
  // Not by the store of the application, which a test may have broken.
  const storage = createLocalStorage(uploadFolder);
  for (const { id } of files) await storage.write(String(id), Readable.from([bytes]));
}

/** What the story itself does not tell of belongs to somebody in it, and goes with them. */
function forgetEverything(db: Db, tables: readonly StoryTable[]): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await sql`set local accord.audit_retention = 'on'`.execute(trx);
    for (const { name } of tables.toReversed()) await sql`delete from ${sql.table(name)}`.execute(trx);
  });
}

/** Ada's session has the refresh token that the example sends. */
function refreshTokens(sessions: readonly Session[]): object[] {
  const hash = hashRefreshToken(String(exampleValue('ada_refreshes')['refresh_token']));
  return sessions
    .filter(({ user_id }) => user_id === adaId)
    .map(({ id, created_at, expires_at }) => {
      return { token_hash: `\\x${hash.toString('hex')}`, session_id: id, created_at, expires_at };
    });
}

/** Ada's session has the ticket that the examples send, too. */
function socketTickets(sessions: readonly Session[]): object[] {
  const hash = hashRefreshToken(String(exampleValue('socket_ticket_of_ada')['ticket']));
  return sessions
    .filter(({ user_id }) => user_id === adaId)
    .map(({ id, expires_at }) => {
      const ticket_hash = `\\x${hash.toString('hex')}`;
      return { ticket_hash, session_id: id, token_expires_at: expires_at, expires_at };
    });
}

/**
 * Takes the story back to before what a request creates, where the reply's example of the same name has a number
 * for its id: that row and all later ones are gone, and the next one gets its id.
 */
export async function rewindFor(
  db: Db,
  operation: Operation,
  exampleName: string | undefined,
): Promise<void> {
  const created = replyOf(operation, 201)?.contents.flatMap(({ examples }) => examples);
  const { id } = asNode(created?.find(({ name }) => name === exampleName)?.value);
  if (typeof id !== 'number') return;
  const table = tableOf(operation);
  await sql`delete from ${sql.table(table)} where id >= ${id}`.execute(db);
  await continueIds(db, table);
}

function hasNumbers(rows: readonly Node[]): boolean {
  return typeof rows[0]?.['id'] === 'number';
}

/** Lets the next row get the id after the last one. */
async function continueIds(db: Db, table: string): Promise<void> {
  const next = sql`(select coalesce(max(id), 0) + 1 from ${sql.table(table)})`;
  await sql`select setval(pg_get_serial_sequence(${table}, 'id'), ${next}, false)`.execute(db);
}

interface Insertion {
  readonly name: string;
  readonly rows: readonly object[];
  /** All that the table has. */
  readonly columns: readonly string[];
}

/** Properties that are no columns are left out; the other columns get their defaults. */
async function insertRows(db: Db, { name, rows, columns }: Insertion): Promise<void> {
  const shown = Object.keys(rows[0] ?? {}).filter((property) => columns.includes(property));
  const list = sql.join(shown.map((column) => sql.ref(column)));
  const target = sql.table(name);
  await sql`insert into ${target} (${list}) overriding system value
    select ${list} from json_populate_recordset(null::${target}, ${JSON.stringify(rows)})`.execute(db);
}

/** Of all tables. What PostgreSQL keeps about them takes long to read: asked for once. */
async function columnsOf(db: Db): Promise<Map<string, string[]>> {
  const tables = await db.introspection.getTables();
  const ours = tables.filter(({ schema }) => schema === 'public');
  return new Map(ours.map(({ name, columns }) => [name, columns.map((column) => column.name)]));
}

async function rowsOf(db: Db, tables: readonly string[]): Promise<Rows> {
  const columns = tables.map(
    (name) => sql`(select json_agg(t order by t::text)::text from ${sql.table(name)} t) as ${sql.ref(name)}`,
  );
  const { rows } = await sql<Rows>`select ${sql.join([...columns, queuedJobs])}`.execute(db);
  return rows[0] ?? {};
}
