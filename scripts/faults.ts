// `make faults`: breaks things on purpose, one script of test/faults/ after another; each prints what it saw.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fromRoot } from './generate/paths.ts';

const [wanted] = process.argv.slice(2);
const names = (await readdir(fromRoot('test/faults'))).filter((name) => name.endsWith('.ts')).sort();
const chosen = wanted ? names.filter((name) => wanted.split(',').includes(name.slice(0, -3))) : names;
if (chosen.length === 0) {
  console.error(`There is no test/faults/${wanted}.ts. There are: ${names.join(', ')}.`);
  process.exitCode = 1;
}

const broken: string[] = [];
for (const name of chosen) if (!(await holds(name))) broken.push(name);
if (broken.length > 0) {
  console.error(`Promises were broken: ${broken.join(', ')}`);
  process.exitCode = 1;
}

async function holds(name: string): Promise<boolean> {
  const child = spawn(process.execPath, [fromRoot(`test/faults/${name}`)], {
    cwd: fromRoot('.'),
    stdio: 'inherit',
  });
  await once(child, 'close');
  return child.exitCode === 0;
}
