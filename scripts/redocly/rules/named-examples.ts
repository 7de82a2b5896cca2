import { advice } from '../advice.ts';
import type { Rule } from '../visitor.ts';

/** The mock serves the examples and the tests replay them: each body has one, and a name to ask for it. */
export const namedExamples: Rule = () => ({
  MediaType({ examples = {} }, { report, location }) {
    if (Object.keys(examples).length > 0) return;
    const remedy =
      'Add a named, realistic example under `examples`: the mock serves it, the tests replay it.';
    report({ message: advice('This body has no example.', remedy), location: location.key() });
  },
});
