import type { JobDefinition } from '#platform/jobs/definition.ts';
import { handleJob } from '#platform/jobs/handler.ts';
import type { JobHandler } from '#platform/jobs/handler.ts';
import { exportItems as exporting, failLost, importItems as importing } from './definitions.ts';
import { exportItems } from './export.ts';
import { failLostTasks } from './queries.ts';
import { runTask } from './run.ts';
import type { TaskNeeds, TaskRun } from './run.ts';

export function taskJobs(needs: TaskNeeds): JobHandler[] {
  const { db, clock } = needs;
  const error = 'The work on it broke off. Nothing of it was kept.';
  return [
    taskJob(exporting, needs, (run) => exportItems(needs, run)),
    taskJob(importing, needs, async (run, { file_id }) => {
      // Loaded on demand: a parser of CSV is not what a start should wait for.
      const { importItems } = await import('./import.ts');
      await importItems(needs, run, file_id);
    }),
    handleJob(failLost, () => failLostTasks(db, { error, now: clock.now() })),
  ];
}

/** The task's own status is what makes its effect happen once. */
function taskJob<Data extends { readonly task_id: string }>(
  definition: JobDefinition<Data>,
  needs: TaskNeeds,
  work: (run: TaskRun, data: Data) => Promise<void>,
): JobHandler {
  const { retries } = definition;
  return handleJob(definition, (data, { attempt, signal }) =>
    runTask(needs, { taskId: data.task_id, attempt, retries, signal }, (run) => work(run, data)),
  );
}
