import type { Rule } from '../visitor.ts';

/** The mock serves the examples and the tests replay them: each body has one, and a name to ask for it. */
export const namedExamples: Rule = () => ({
  MediaType({ examples = {} }, { report, location }) {
    if (Object.keys(examples).length > 0) return;
    report({ message: 'Add a named, realistic example under `examples`.', location: location.key() });
  },
});
