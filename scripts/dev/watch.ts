// Watches folder by folder: Node's own recursive watching on Linux loses a file once an editor has replaced it.
import { type FSWatcher, readdirSync, watch } from 'node:fs';
import path from 'node:path';
import { fromRoot } from '../generate/paths.ts';

/** Not `generated`: what is written there comes from these. */
const FOLDERS = ['src', 'openapi'];
const FILES = new Set(['.env', 'redocly.yaml']);
/** Not the temporary files that editors write beside these. */
const SOURCE = /^\.env$|\.(ts|js|json|yaml|css|html|svg)$/;
/** Saving one file gives several events, checking out a branch hundreds. */
const QUIET_MS = 150;

/** Calls back with the changed paths, relative to the checkout, once no more arrive. Returns how to stop. */
export function watchSources(onChange: (paths: ReadonlySet<string>) => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  function note(file: string): void {
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(report, QUIET_MS);
  }

  function report(): void {
    const newFolders = watchFolders(watchers, note);
    const paths = [...changed].filter((file) => SOURCE.test(path.basename(file)) || newFolders.has(file));
    changed.clear();
    if (paths.length > 0) onChange(new Set(paths));
  }

  watchFolders(watchers, note);
  watchers.set(
    '.',
    watch(fromRoot('.'), (_, name) => name !== null && FILES.has(name) && note(name)),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
}

/** Brings the watchers in line with the folders that there are now; returns the ones that are new. */
function watchFolders(watchers: Map<string, FSWatcher>, note: (file: string) => void): ReadonlySet<string> {
  const present = new Set(FOLDERS.flatMap(folderTree));
  const added = [...present].filter((folder) => !watchers.has(folder));
  for (const folder of added) {
    watchers.set(
      folder,
      watch(fromRoot(folder), (_, name) => note(path.join(folder, name ?? ''))),
    );
  }
  for (const [folder, watcher] of watchers) {
    if (folder === '.' || present.has(folder)) continue;
    watcher.close();
    watchers.delete(folder);
  }
  return new Set(added);
}

function folderTree(folder: string): string[] {
  const entries = readdirSync(fromRoot(folder), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  return [folder, ...entries.flatMap((entry) => folderTree(path.join(folder, entry.name)))];
}
