import { etagOf, forbidden, notFound, preconditionFailed, unauthorized, versionsIn } from '#contract';
import type { HandlersOf, Schema } from '#api';
import type { Bus } from '#platform/bus.ts';
import type { Jobs } from '#platform/jobs/jobs.ts';
import type { Passwords } from '#platform/passwords.ts';
import { tellAccessChanged } from '../auth/access-news.ts';
import { revokeSessionsOf } from '../auth/queries.ts';
import { pageLinks, pageOf, pageRequest, parseSort } from '../pages.ts';
import { noteActiveUser, sendWelcome } from './jobs.ts';
import {
  countUsers,
  deleteUser,
  findPasswordHash,
  findUser,
  findUsers,
  insertUser,
  listUsers,
  replacePasswordHash,
  updateUser,
  userSorts,
} from './queries.ts';
import type { UserRow } from './queries.ts';
import { isEmailTaken, emailTaken, normaliseEmail, requireAnotherSuperuser } from './rules.ts';

interface Needs {
  readonly passwords: Passwords;
  readonly jobs: Jobs;
  readonly bus: Bus;
}

export function userHandlers({ passwords, jobs, bus }: Needs): HandlersOf<'users'> {
  return {
    createUser: async ({ body, transaction, clock, path }, reply) => {
      // Before the connection is taken: hashing is what takes long here.
      const password_hash = await passwords.hash(body.password);
      const { email, full_name = null } = body;
      const columns = { email: normaliseEmail(email), full_name, password_hash, now: clock.now() };
      return transaction(async (trx) => {
        const user = await insertUser(trx, columns).catch((error: unknown) => {
          throw isEmailTaken(error) ? emailTaken(error) : error;
        });
        await jobs.enqueue(trx, sendWelcome, { user_id: user.id });
        return reply(201, toUser(user), { Location: `${path}/${user.id}`, ETag: etagOf(user) });
      });
    },

    listUsers: async ({ query, db, path }, reply) => {
      const request = pageRequest(query);
      const sort = parseSort(query.sort, userSorts);
      const [users, total] = await Promise.all([
        listUsers(db, query, { ...request, sort }),
        countUsers(db, query),
      ]);
      const page = pageOf(users.map(toUser), total, request);
      return reply(200, page, { Link: pageLinks(path, query, page) });
    },

    getCurrentUser: async ({ principal, db }, reply) => {
      const user = await findUser(db, principal.user.id);
      // Deleted since the token was checked: the token is worth nothing any more.
      if (!user) throw unauthorized();
      return reply(200, toUser(user), { ETag: etagOf(user) });
    },

    getUser: async ({ params, db }, reply) => {
      const user = await findUser(db, params.user_id);
      if (!user) throw notFound('User', params.user_id);
      return reply(200, toUser(user), { ETag: etagOf(user) });
    },

    getUsersBatch: async ({ query, db }, reply) => {
      const users = await findUsers(db, query.user_ids);
      const found = new Set(users.map(({ id }) => id));
      const missing = [...new Set(query.user_ids)].filter((id) => !found.has(id)).sort((a, b) => a - b);
      return reply(200, { items: users.map(toUser), missing });
    },

    updateCurrentUser: async ({ principal, headers, body, db, clock }, reply) => {
      const { id } = principal.user;
      const versions = versionsIn(headers['If-Match']);
      const user = await updateUser(db, { id, versions, changes: body, now: clock.now() });
      if (!user) throw (await findUser(db, id)) ? staleUser() : unauthorized();
      return reply(200, toUser(user), { ETag: etagOf(user) });
    },

    updateUser: ({ params: { user_id: id }, headers, body, transaction, clock }, reply) =>
      transaction(async (trx) => {
        if (body.is_active === false || body.is_superuser === false) await requireAnotherSuperuser(trx, id);
        const versions = versionsIn(headers['If-Match']);
        const user = await updateUser(trx, { id, versions, changes: body, now: clock.now() });
        if (!user) throw (await findUser(trx, id)) ? staleUser() : notFound('User', id);
        if (!user.is_active) await revokeSessionsOf(trx, { userId: id, now: clock.now() });
        if (body.is_active !== undefined || body.is_superuser !== undefined)
          await tellAccessChanged(bus, trx, id);
        return reply(200, toUser(user), { ETag: etagOf(user) });
      }),

    deleteCurrentUser: ({ principal: { user }, headers, transaction }, reply) =>
      transaction(async (trx) => {
        await requireAnotherSuperuser(trx, user.id);
        const isGone = await deleteUser(trx, { id: user.id, versions: versionsIn(headers['If-Match']) });
        if (!isGone) throw (await findUser(trx, user.id)) ? staleUser() : unauthorized();
        await tellAccessChanged(bus, trx, user.id);
        return reply(204);
      }),

    deleteUser: ({ params: { user_id: id }, headers, transaction }, reply) =>
      transaction(async (trx) => {
        await requireAnotherSuperuser(trx, id);
        const isGone = await deleteUser(trx, { id, versions: versionsIn(headers['If-Match']) });
        if (!isGone) throw (await findUser(trx, id)) ? staleUser() : notFound('User', id);
        await tellAccessChanged(bus, trx, id);
        return reply(204);
      }),

    pingUser: ({ params: { user_id: id }, transaction, clock }, reply) =>
      transaction(async (trx) => {
        if (!(await findUser(trx, id))) throw notFound('User', id);
        await jobs.enqueue(trx, noteActiveUser, { user_id: id, at: clock.now().toISOString() });
        return reply(202);
      }),

    changePassword: async ({ principal: { user, session }, body, db, transaction, clock }, reply) => {
      const { id } = user;
      const account = await findPasswordHash(db, id);
      if (!account) throw unauthorized();
      if (!(await passwords.verify(body.current_password, account.password_hash))) throw wrongPassword();
      const newHash = await passwords.hash(body.new_password);
      return transaction(async (trx) => {
        const change = { id, oldHash: account.password_hash, newHash, now: clock.now() };
        if (!(await replacePasswordHash(trx, change))) {
          throw (await findPasswordHash(trx, id)) ? wrongPassword() : unauthorized();
        }
        await revokeSessionsOf(trx, { userId: id, exceptSessionId: session.id, now: clock.now() });
        await tellAccessChanged(bus, trx, id);
        return reply(204);
      });
    },
  };
}

function toUser({ version: _version, ...user }: UserRow): Schema<'User'> {
  return user;
}

function staleUser() {
  return preconditionFailed('The user has changed since you read it.');
}

function wrongPassword() {
  return forbidden('The current password is wrong.');
}
