import type { HandlersOf } from '#api';
import type { ExternalSource } from '#platform/config.ts';
import type { Outbound } from '#platform/outbound/outbound.ts';
import { askAll } from './ask.ts';
import { noData, notConfigured } from './problems.ts';

export function externalHandlers({
  outbound,
  sources,
}: {
  outbound: Outbound;
  sources: readonly ExternalSource[];
}): HandlersOf<'external'> {
  // Made once: what is known of a source, such as that it failed a moment ago, holds for all requests.
  const targets = sources.map(({ name, url }) => ({ name, target: outbound.target({ name, url }) }));
  return {
    getExternalData: async ({ signal }, reply) => {
      if (targets.length === 0) throw notConfigured();
      const answers = await askAll(targets, { signal, timeoutMs: outbound.timeoutMs });
      if (answers.every(({ error }) => error)) throw noData(answers);
      return reply(200, { sources: answers.map(({ result }) => result) });
    },
  };
}
