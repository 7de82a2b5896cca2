import { advice } from '../advice.ts';
import type { Context, Response, Rule } from '../visitor.ts';

const properties = ['items', 'total', 'page', 'size', 'pages'];

/** All pages look alike and name their neighbours. A reply with a `page` is one. */
export const pages: Rule = () => ({
  Response(response, context) {
    const schema = schemaOf(response, context);
    if (!schema?.properties?.['page']) return;
    const { report, location } = context;
    for (const name of properties.filter((name) => !schema.properties?.[name])) {
      const remedy = `Add \`${name}\` to the page: it has ${properties.join(', ')}.`;
      report({ message: advice(`This page has no \`${name}\`.`, remedy), location });
    }
    if (!response.headers?.['Link']) {
      const message = advice('This page does not lead to the next.', 'Add the header `Link`.');
      report({ message, location });
    }
  },
});

function schemaOf({ content }: Response, { resolve, location }: Context) {
  const schema = content?.['application/json']?.schema;
  return schema && resolve(schema, location.source.absoluteRef).node;
}
