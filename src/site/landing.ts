/** The landing page: what this API is, where its documents are, how to start, and what it can do. */
import { html } from '#platform/html.ts';
import type { Html } from '#platform/html.ts';
import { blocksOf, inlineOf } from './markdown.ts';
import { operationTable } from './operation-table.ts';
import type { Outline, OutlinedTag } from './outline.ts';
import { places } from './page.ts';
import { shellWord } from './shell.ts';

/** The account that development starts with. */
export interface SeededLogin {
  readonly email: string;
  readonly password: string;
  /** Where this server was reached: `http://localhost:8000`. */
  readonly origin: string;
}

/** The content of the landing page; without a `login` it shows none. */
export function landing(outline: Outline, login: SeededLogin | undefined): Html {
  const { prefix } = outline;
  return html`<main id="main" class="content">
    ${hero(outline)}
    <div class="columns">
      <aside aria-label="Start here">${login && seeded(login, prefix)} ${documents(outline)}</aside>
      <section class="prose" aria-label="About this API">${blocksOf(outline.description)}</section>
    </div>
    <section aria-labelledby="operations">
      <h2 id="operations">Operations</h2>
      <p class="note">
        All paths start with <code>${prefix || '/'}</code>. Each one opens in Swagger UI, ready to try; the
        public ones need no sign-in.
      </p>
      ${outline.tags.map(tagSection)}
    </section>
  </main>`;
}

function hero({ title, version, summary, openapi }: Outline): Html {
  return html`<div class="hero">
    <h1>${title}</h1>
    <p class="lead">${inlineOf(summary)}</p>
    <p class="actions">
      <a class="button" href="${places.swagger.path}">Try it in Swagger UI</a>
      <a class="button quiet" href="${places.redoc.path}">Read it in Redoc</a>
    </p>
    <p class="note">Version ${version}, described in OpenAPI ${openapi}</p>
  </div>`;
}

function seeded({ email, password, origin }: SeededLogin, prefix: string): Html {
  const lines = [
    `curl ${shellWord(`${origin}${prefix}/auth/login`)}`,
    `--data-urlencode ${shellWord(`username=${email}`)}`,
    `--data-urlencode ${shellWord(`password=${password}`)}`,
  ];
  return html`<section class="card" aria-labelledby="login">
    <h2 id="login">Sign in</h2>
    <p>This server runs in development. It starts with one account, a superuser.</p>
    <dl>
      <dt>E-mail</dt>
      <dd><code>${email}</code></dd>
      <dt>Password</dt>
      <dd><code>${password}</code></dd>
    </dl>
    <p>In Swagger UI press <b>Authorize</b>. In a terminal:</p>
    <pre><code>${lines.join(' \\\n  ')}</code></pre>
  </section>`;
}

function documents({ prefix, hasSockets }: Outline): Html {
  const links = [
    { path: `${prefix}/openapi.json`, says: 'The OpenAPI document' },
    { path: `${prefix}/openapi.yaml`, says: 'The same as YAML' },
    ...(hasSockets ? [{ path: `${prefix}/asyncapi.json`, says: 'Its sockets, as AsyncAPI' }] : []),
    { path: places.problems.path, says: 'What can go wrong' },
    { path: '/livez', says: 'Is it running?' },
    { path: '/readyz', says: 'Can it serve?' },
    { path: '/metrics', says: 'Numbers for Prometheus' },
  ];
  return html`<section class="card" aria-labelledby="documents">
    <h2 id="documents">Addresses</h2>
    <ul class="links">
      ${links.map(({ path, says }) => html`<li><a href="${path}">${path}</a><span>${says}</span></li>`)}
    </ul>
  </section>`;
}

function tagSection({ name, description, operations }: OutlinedTag): Html {
  const id = `tag-${encodeURIComponent(name)}`;
  return html`<div class="tag">
    <h3 id="${id}">${name}</h3>
    <p class="note">${inlineOf(description)}</p>
    ${operationTable(operations, id)}
  </div>`;
}
