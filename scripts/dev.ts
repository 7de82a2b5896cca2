// `make dev`: runs the server, and runs it anew when something it is made of changes. A contract with faults, or
// one that the code does not answer yet, leaves the running server as it was.
import { isDeepStrictEqual } from 'node:util';
import type { OpenAPI3 } from 'openapi-typescript';
import { type Changes, sortChanges } from './dev/changes.ts';
import { readContract, writeBundle } from './dev/contract.ts';
import { createFollowUp } from './dev/follow-up.ts';
import { handlerGaps } from './dev/handler-gaps.ts';
import { findHandlers } from './dev/handlers.ts';
import { regenerate } from './dev/processes.ts';
import { keepServer } from './dev/server.ts';
import { watchSources } from './dev/watch.ts';
import { readYamlPlaces } from '#platform/yaml-places.ts';
import { isFresh } from './generate/inputs.ts';
import { fromRoot } from './generate/paths.ts';

const server = keepServer((code) => process.exit(code));
const followUp = createFollowUp();
const changed = new Set<string>();
let isStopping = false;
/** The last contract without faults, and the one that a server was started with. */
let contract: OpenAPI3 | undefined;
let served: OpenAPI3 | undefined;
let work: Promise<void> = startFirst();

const stopWatching = watchSources((paths) => {
  for (const file of paths) changed.add(file);
  work = work.then(reactToAll);
});
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());

async function startFirst(): Promise<void> {
  const { report, document } = await readContract();
  if (report !== '') console.log(report);
  if (!document) return tellUntouched();
  if (!(await isFresh())) {
    const code = await regenerate();
    if (code !== 0) process.exit(code);
  }
  contract = document;
  await serveIfAnswered();
}

/** Once for everything that was saved while something else was done. */
async function reactToAll(): Promise<void> {
  if (changed.size === 0 || isStopping) return;
  const files = [...changed];
  changed.clear();
  const outcome = await react(sortChanges(files));
  if (outcome === 'outdated') for (const file of files) changed.add(file);
}

async function react({ contract: edited, inputs, sources }: Changes): Promise<'outdated' | void> {
  if (edited.length > 0) {
    const taken = await takeContract(edited);
    if (taken !== 'taken') return taken === 'outdated' ? taken : undefined;
  }
  if (inputs.length > 0 && !(await takeInputs())) return;
  const isNews = !server.isRunning() || !isDeepStrictEqual(contract, served);
  if (sources.length > 0 || (edited.length > 0 && isNews)) await serveIfAnswered();
  else followUp.run({ compare: true });
}

/** Lints first: a contract with faults goes no further. */
async function takeContract(edited: readonly string[]): Promise<'taken' | 'refused' | 'outdated'> {
  followUp.forget();
  const { report, document } = await readContract();
  // Somebody saves one file after the other: the next round is for all of them.
  if (changed.size > 0) return 'outdated';
  console.log(`\n${edited.join(', ')} changed${report === '' ? ': no findings.' : '.'}`);
  if (report !== '') console.log(report);
  if (!document) {
    tellUntouched();
    return 'refused';
  }
  contract = document;
  followUp.isDue();
  return 'taken';
}

/** A migration that fails must not reach the database of the server. */
async function takeInputs(): Promise<boolean> {
  await followUp.isQuiet();
  if (isStopping || (await regenerate()) === 0) return true;
  console.error('generated/ is as it was, and so is the server.');
  return false;
}

/** The server refuses to start with an operation that nobody answers: better to keep the one that runs. */
async function serveIfAnswered(): Promise<void> {
  if (!contract || isStopping) return;
  const root = fromRoot('.');
  const [handlers, placeOf] = await Promise.all([findHandlers(root), readYamlPlaces(root, contract)]);
  const gaps = handlerGaps(contract, handlers, placeOf ?? (() => undefined));
  if (gaps.length > 0) {
    console.log(['\nCode and contract do not fit together yet:', ...gaps].join('\n  '));
    tellUntouched();
    followUp.run({ compare: false }); // whoever writes the handlers needs the types
    return;
  }
  await followUp.isQuiet();
  await writeBundle(contract);
  await server.restart();
  served = contract;
  // Only then, to keep out of the way of the start.
  void server.settled().then(() => followUp.run({ compare: true }));
}

function tellUntouched(): void {
  console.log(
    server.isRunning()
      ? 'The server still serves the contract as it was before.'
      : 'Nothing is served until this is corrected.',
  );
}

async function stop(): Promise<void> {
  isStopping = true;
  stopWatching();
  followUp.forget();
  await Promise.all([work, server.stop(), followUp.isQuiet()]);
  process.exit(0);
}
