/** Tasks as people start, follow and read them. */
import request from 'supertest';
import type { TestApp } from './app.ts';
import type { Person } from './people.ts';
import { file, upload } from './uploads.ts';
import { eventually } from './eventually.ts';

/** What the API shows of a task. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- What comes over the wire.
type Shown = any;

/** A CSV file with so many items. */
export function manyLines(count: number): string {
  return `title\n${Array.from({ length: count }, (_, index) => `Item ${index}`).join('\n')}\n`;
}

/** Of a CSV file with this content. Gives the task as it was begun. */
export async function startImport(person: Person, content: string | Buffer): Promise<Shown> {
  const { body } = await upload(person, file('items.csv', content, 'text/csv'));
  const start = { kind: 'import_items', file_id: body.items[0].id };
  return (await person.post('/tasks', start)).body;
}

/** The task when it has ended. */
export function ended(person: Person, { id }: Shown): Promise<Shown> {
  return eventually(async () => {
    const { body } = await person.get(`/tasks/${id}`);
    return body.finished_at === null ? undefined : body;
  });
}

/** Needs a worker. */
export async function importOf(person: Person, content: string | Buffer): Promise<Shown> {
  return ended(person, await startImport(person, content));
}

/** The content of the file that an export of everything makes. Needs a worker. */
export async function exportOf(person: Person): Promise<string> {
  const { body: started } = await person.post('/tasks', { kind: 'export_items' });
  const { result } = await ended(person, started);
  return contentOf(person, result.file_id);
}

export async function contentOf(person: Person, fileId: string): Promise<string> {
  const { body } = await person.get(`/files/${fileId}/content`);
  return body.toString('utf8');
}

/** Title and description of all items, the oldest first; of a hundred at most. */
export async function itemsOf(person: Person): Promise<[string, string | null][]> {
  const { body } = await person.get('/items?size=100&sort=id');
  return body.items.map((item: Shown) => [item.title, item.description]);
}

export interface Event {
  readonly id: number;
  readonly task: Shown;
}

/** All events of a task until the stream ends; `seen` is told of each part of the stream as it comes. */
export async function eventsOf(
  app: TestApp,
  person: Person,
  { id, after, seen = () => undefined }: { id: string; after?: number; seen?: () => void },
): Promise<Event[]> {
  const asked = request(app.url)
    .get(`/api/v1/tasks/${id}/events`)
    .set('Authorization', `Bearer ${person.accessToken}`)
    .buffer(true)
    .parse((response, done) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += String(part);
        seen();
      });
      response.on('end', () => done(null, text));
    });
  if (after !== undefined) void asked.set('Last-Event-ID', String(after));
  const { body } = await asked;
  return [...String(body).matchAll(/^id: (\d+)\ndata: (.*)$/gm)].map(([, number, data = '']) => {
    return { id: Number(number), task: JSON.parse(data) };
  });
}
