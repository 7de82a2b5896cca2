/** People who use the API: their requests read like sentences. */
import { insertUser } from '#features/users/queries.ts';
import type { TestApp } from './app.ts';
import { bearer, visitor } from './visitor.ts';
import type { Visitor } from './visitor.ts';

export const password = 'Correct-Horse-1';

export interface Person extends Visitor {
  readonly id: number;
  readonly email: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** The same person with another token, or with none. */
  as(accessToken: string | undefined): Visitor;
  /** Signs in once more: a second session. */
  signsInAgain(): Promise<Person>;
  /** Creates something of one's own and returns it: an `item` by a POST to `/items`. */
  creates(kind: string, body: object): Promise<{ id: number; etag: string }>;
}

let count = 0;

/** Ada and Bob, who signed up, and Grace, a superuser. New ones at each call: tests share no rows. */
export async function people(app: TestApp): Promise<{ ada: Person; bob: Person; grace: Person }> {
  count += 1;
  const address = (name: string) => `${name}-${count}@example.com`;
  const [ada, bob] = await Promise.all([signUp(app, address('ada')), signUp(app, address('bob'))]);
  return { ada, bob, grace: await superuser(app, address('grace')) };
}

async function signUp(app: TestApp, email: string): Promise<Person> {
  const { status, body } = await visitor(app).post('/users', { email, password });
  if (status !== 201) throw new Error(`Sign-up failed: ${status} ${JSON.stringify(body)}`);
  return signIn(app, email);
}

async function superuser(app: TestApp, email: string): Promise<Person> {
  const { db, passwords, clock } = app.platform;
  const password_hash = await passwords.hash(password);
  const user = { email, full_name: 'Grace Hopper', password_hash, is_superuser: true };
  await insertUser(db, { ...user, now: clock.now() });
  return signIn(app, email);
}

/** Signs in over HTTP with the password that all test people share. */
export async function signIn(app: TestApp, email: string): Promise<Person> {
  const { status, body } = await visitor(app).post('/auth/login', { email, password });
  if (status !== 200) throw new Error(`Sign-in failed: ${status} ${JSON.stringify(body)}`);
  const calls = bearer(app, body.access_token);
  const me = await calls.get('/users/me');
  return {
    ...calls,
    id: me.body.id,
    email,
    accessToken: body.access_token,
    refreshToken: body.refresh_token,
    as: (accessToken) => bearer(app, accessToken),
    signsInAgain: () => signIn(app, email),
    creates: async (kind, fields) => {
      const created = await calls.post(`/${kind}s`, fields);
      if (created.status !== 201) throw new Error(`Creating failed: ${created.status} ${created.text}`);
      return { ...created.body, etag: created.headers['etag'] };
    },
  };
}
