// `make generate`: writes generated/ anew from the contract and the migrations. A file that is right is left alone.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateFiles } from './generate/generated-files.ts';
import { fromRoot } from './generate/paths.ts';

const folder = fromRoot('generated');
await mkdir(folder, { recursive: true });

try {
  const files = await generateFiles();
  await removeOthers(files);
  for (const [name, content] of files) await writeIfChanged(name, content);
  console.log('generated/ is fresh.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function removeOthers(files: ReadonlyMap<string, string>): Promise<void> {
  const others = (await readdir(folder)).filter((name) => !files.has(name));
  for (const name of others) {
    await rm(path.join(folder, name), { recursive: true });
    console.log(`removed generated/${name}`);
  }
}

async function writeIfChanged(name: string, content: string): Promise<void> {
  const file = path.join(folder, name);
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present === content) return;
  await writeFile(file, content);
  console.log(`wrote generated/${name}`);
}
