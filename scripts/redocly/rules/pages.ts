import type { Context, Response, Rule } from '../visitor.ts';

const properties = ['items', 'total', 'page', 'size', 'pages'];

/** All pages look alike and name their neighbours. A reply with a `page` is one. */
export const pages: Rule = () => ({
  Response(response, context) {
    const schema = schemaOf(response, context);
    if (!schema?.properties?.['page']) return;
    const { report, location } = context;
    for (const name of properties.filter((name) => !schema.properties?.[name])) {
      report({ message: `Add \`${name}\` to the page: it has ${properties.join(', ')}.`, location });
    }
    if (!response.headers?.['Link']) {
      report({ message: 'Add the header `Link`, which names the other pages.', location });
    }
  },
});

function schemaOf({ content }: Response, { resolve, location }: Context) {
  const schema = content?.['application/json']?.schema;
  return schema && resolve(schema, location.source.absoluteRef).node;
}
