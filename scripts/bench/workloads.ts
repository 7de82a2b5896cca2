/** What every peer is asked to do, over HTTP and in the same words. */

export const workloadNames = ['read', 'page', 'create', 'invalid', 'unknown'] as const;
export type WorkloadName = (typeof workloadNames)[number];

export interface Workload {
  readonly title: string;
  readonly method: 'GET' | 'POST';
  readonly paths: readonly string[];
  readonly body?: string;
  readonly status: number;
}

const items = '/api/v1/items';

/** `itemId` belongs to the user whose token is sent. */
export function workloadsFor(itemId: number): Readonly<Record<WorkloadName | 'search', Workload>> {
  return {
    read: get('Read one row', `${items}/${itemId}`),
    page: get('Page of 20, with the total', `${items}?page=2&size=20`),
    search: get('Search in the own items', `${items}?q=item%20999&size=20`),
    create: post('Create, committed', { title: 'Lamp', description: 'Brass, with a green shade.' }, 201),
    invalid: post('Invalid body, three faults', { title: '', description: 7, colour: 'green' }, 422),
    unknown: { ...get('Unknown route', '/api/v1/nothing'), status: 404 },
  };
}

function get(title: string, path: string): Workload {
  return { title, method: 'GET', paths: [path], status: 200 };
}

function post(title: string, body: object, status: number): Workload {
  return { title, method: 'POST', paths: [items], body: JSON.stringify(body), status };
}

/** The headers of a request for it. */
export function headersFor({ body }: Workload, token: string): Record<string, string> {
  const content = body === undefined ? {} : { 'Content-Type': 'application/json' };
  return { Authorization: `Bearer ${token}`, ...content };
}
