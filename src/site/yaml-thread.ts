/** The entry point of a thread: answers with its `workerData` as YAML. */
import { parentPort, workerData } from 'node:worker_threads';
import { stringify } from 'yaml';

parentPort?.postMessage(stringify(workerData, { aliasDuplicateObjects: false, lineWidth: 110 }));
