import { parse } from 'node:path';
import { advice } from '../advice.ts';
import type { Rule } from '../visitor.ts';

/** One name runs through everything: the tag, its file here, its folder under src/features, its tests. */
export const tagIsFile: Rule = () => ({
  Operation({ tags = [] }, { report, location }) {
    const { name, base } = parse(location.source.absoluteRef);
    if (tags.length === 1 && tags[0] === name) return;
    const remedy = `Write \`tags: [${name}]\`, or move the operation out of ${base}.`;
    const message = advice('The tag is not the name of the file.', remedy);
    report({ message, location: location.child('tags') });
  },
});
