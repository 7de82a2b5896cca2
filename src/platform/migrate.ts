import { migrateToLatest } from './database/migrate.ts';
import { migrateJobs } from './jobs/schema.ts';

/** Brings everything in the database up to date: our tables, and those of the job queue. */
export async function migrateDatabase(options: {
  url: string;
  log?: (message: string) => void;
}): Promise<void> {
  await Promise.all([migrateToLatest(options), migrateJobs(options)]);
}
