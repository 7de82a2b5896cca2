/** The pages under /problems: a list of all kinds, and one page for each, where the `type` of a problem leads. */
import { html } from '#platform/html.ts';
import type { Html } from '#platform/html.ts';
import { blocksOf, inlineOf } from './markdown.ts';
import { operationTable } from './operation-table.ts';
import { places } from './page.ts';
import type { ProblemExample } from './problem-answers.ts';
import type { ExplainedProblem, Retry } from './problems.ts';

/** Where the page of a code is: what the `type` of its problems says. */
export function problemPath(code: string): string {
  return `${places.problems.path}/${encodeURIComponent(code)}`;
}

/** The content of /problems. */
export function problemIndex(problems: readonly ExplainedProblem[]): Html {
  return html`<main id="main" class="content">
    <h1 id="problems">Problems</h1>
    <p class="lead">
      Whatever goes wrong is answered as <code>application/problem+json</code>, in one shape. Its
      <code>code</code> is for your program, its <code>type</code> leads to one of these pages.
    </p>
    <table class="rows problems" aria-labelledby="problems">
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Code</th>
          <th scope="col">What it means</th>
          <th scope="col">Send it again?</th>
        </tr>
      </thead>
      <tbody>
        ${problems.map(indexRow)}
      </tbody>
    </table>
  </main>`;
}

function indexRow({ code, status, meaning, retry }: ExplainedProblem): Html {
  return html`<tr>
    <td class="status">${status}</td>
    <td class="path"><a href="${problemPath(code)}">${breakable(code)}</a></td>
    <td>${inlineOf(firstSentence(meaning))}</td>
    <td class="retry ${retry}">${answers[retry].short}</td>
  </tr>`;
}

function firstSentence(text: string): string {
  return /^.+?[.:](?=\s|$)/s.exec(text)?.[0].replace(/:$/, '.') ?? text;
}

/** The content of /problems/<code>. */
export function problemPage(problem: ExplainedProblem): Html {
  const { title, status, code, meaning, remedy, examples } = problem;
  return html`<main id="main" class="content problem">
    <p class="trail"><a href="${places.problems.path}">All problems</a></p>
    <h1>${title}</h1>
    <p class="lead">${status} <code>${breakable(code)}</code></p>
    <div class="columns">
      <div class="prose">
        <h2>What it means</h2>
        ${blocksOf(meaning)}
        <h2>What to do</h2>
        ${blocksOf(remedy)}
      </div>
      <aside aria-label="In short">${facts(problem)}</aside>
    </div>
    ${examples.length > 0 ? exampleSection(examples) : undefined}
    <section aria-labelledby="operations">
      <h2 id="operations">Which operations answer so</h2>
      ${whoAnswers(problem)}
    </section>
  </main>`;
}

function facts({ code, status, retry, headers }: ExplainedProblem): Html {
  const waits = headers.includes('Retry-After') && retry !== 'never';
  return html`<dl class="card facts">
    <dt>Status</dt>
    <dd>${status}</dd>
    <dt>Type</dt>
    <dd><code>${problemPath(code)}</code></dd>
    ${
      headers.length > 0 &&
      html`<dt>With</dt>
        <dd>${headers.map((name, index) => html`${index > 0 ? ', ' : ''}<code>${name}</code>`)}</dd>`
    }
    <dt>Send it again?</dt>
    <dd>
      <strong class="retry ${retry}">${answers[retry].short}.</strong>
      ${answers[retry].why} ${waits && html`Wait as long as <code>Retry-After</code> says.`}
    </dd>
  </dl>`;
}

const answers: Readonly<Record<Retry, { readonly short: string; readonly why: string }>> = {
  never: { short: 'No', why: 'As it is it would fail again.' },
  always: { short: 'Yes', why: 'Nothing was done.' },
  idempotent: {
    short: 'With care',
    why: 'It may have been done: repeat only what does no harm when it is done twice.',
  },
};

function exampleSection(examples: readonly ProblemExample[]): Html {
  return html`<section aria-labelledby="examples">
    <h2 id="examples">${examples.length === 1 ? 'Example' : 'Examples'}</h2>
    <div class="examples">${examples.map(example)}</div>
  </section>`;
}

function example({ summary, body }: ProblemExample): Html {
  return html`<figure>
    ${summary !== '' && html`<figcaption>${inlineOf(summary)}</figcaption>`}
    <pre><code>${JSON.stringify(body, null, 2)}</code></pre>
  </figure>`;
}

function whoAnswers({ operations, isOfEveryOperation }: ExplainedProblem): Html {
  if (operations.length === 0)
    return html`<p>No single operation: the server answers so before it knows which one is meant.</p>`;
  if (isOfEveryOperation) return html`<p>Every operation.</p>`;
  return operationTable(operations, 'operations');
}

/** A long code may break after an underscore. */
function breakable(code: string): Html[] {
  return code.split(/(?<=_)/).map((part, index) => (index === 0 ? html`${part}` : html`<wbr />${part}`));
}
