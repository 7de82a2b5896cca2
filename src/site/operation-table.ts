/** Operations as a table; each leads to its place in Swagger UI. */
import { html } from '#platform/html.ts';
import type { Html } from '#platform/html.ts';
import type { ListedOperation } from './operations.ts';
import { places } from './page.ts';

/** `labelledBy` is the id of the heading above it. */
export function operationTable(operations: readonly ListedOperation[], labelledBy: string): Html {
  return html`<table class="rows" aria-labelledby="${labelledBy}">
    <thead>
      <tr>
        <th scope="col">Method</th>
        <th scope="col">Path</th>
        <th scope="col">What it does</th>
      </tr>
    </thead>
    <tbody>
      ${operations.map(row)}
    </tbody>
  </table>`;
}

function row({ id, tag, method, path, summary, isPublic }: ListedOperation): Html {
  const target = `${places.swagger.path}#/${encodeURIComponent(tag)}/${encodeURIComponent(id)}`;
  const open = isPublic ? html` <span class="open">public</span>` : undefined;
  return html`<tr>
    <td class="method ${method.toLowerCase()}">${method}</td>
    <td class="path"><a href="${target}">${breakable(path)}</a></td>
    <td>${summary}${open}</td>
  </tr>`;
}

/** A long path may break before a slash. */
function breakable(path: string): Html[] {
  return path.split(/(?=\/)/).map((step, index) => (index === 0 ? html`${step}` : html`<wbr />${step}`));
}
