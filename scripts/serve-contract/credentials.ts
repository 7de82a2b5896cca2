/** Stand-ins for the security schemes of a document: any credential of the right kind will do. */
import type { AuthenticationResult, Authenticator, ContractDocument } from '#contract';
import type { PlainRequest } from '#contract';
import { asList, asNode, methods, target } from './node.ts';
import type { Node } from './node.ts';

/** Whoever shows a credential. */
export interface Caller {
  readonly scheme: string;
}

/** A credential as it is sent. */
export interface Credential {
  readonly in: 'header' | 'query' | 'cookie';
  readonly name: string;
  readonly value: string;
}

/** An authenticator for every scheme that can be stood in for; the engine refuses what needs another. */
export function standIns(document: ContractDocument): Record<string, Authenticator<Caller>> {
  const scopes = scopesOf(document);
  return Object.fromEntries(
    Object.entries(document.components?.securitySchemes ?? {}).flatMap(([name, node]) => {
      const credential = credentialOf(target(document, node));
      const accepted = {
        kind: 'accepted',
        principal: { scheme: name },
        scopes: scopes.get(name) ?? [],
      } as const;
      return credential ? [[name, standIn(credential, accepted)]] : [];
    }),
  );
}

/** One that the stand-in of the scheme accepts; undefined where there is no stand-in. */
export function credentialOf(scheme: Node): Credential | undefined {
  switch (scheme['type']) {
    case 'http':
      return { in: 'header', name: 'Authorization', value: httpCredential(String(scheme['scheme'])) };
    case 'oauth2':
    case 'openIdConnect':
      return { in: 'header', name: 'Authorization', value: httpCredential('Bearer') };
    case 'apiKey':
      return apiKey(scheme);
    default:
      return undefined; // mutualTLS needs a connection with certificates.
  }
}

function httpCredential(scheme: string): string {
  return scheme.toLowerCase() === 'basic' ? `Basic ${btoa('user:password')}` : `${scheme} token`;
}

function apiKey({ in: location, name }: Node): Credential | undefined {
  if (typeof name !== 'string' || name === '') return undefined;
  if (location !== 'header' && location !== 'query' && location !== 'cookie') return undefined;
  return { in: location, name, value: 'key' };
}

type Accepted = AuthenticationResult<Caller> & { readonly kind: 'accepted' };

function standIn(credential: Credential, accepted: Accepted): Authenticator<Caller> {
  const isHttp = credential.name === 'Authorization' && credential.value.includes(' ');
  const [scheme = ''] = credential.value.split(' ');
  const challenge = isHttp ? scheme : `ApiKey in="${credential.in}"`;
  const judge = isHttp ? httpJudge(scheme) : (value: string) => value !== '';
  return {
    challenge,
    async authenticate(request) {
      const value = sentValue(credential, request);
      if (value === undefined || (isHttp && !isOfScheme(scheme, value))) return { kind: 'absent' };
      return judge(value) ? accepted : { kind: 'refused', challenge };
    },
  };
}

function isOfScheme(scheme: string, header: string): boolean {
  return header.split(' ', 1)[0]?.toLowerCase() === scheme.toLowerCase();
}

/** Something must follow the scheme; of Basic, a name and a password. */
function httpJudge(scheme: string): (header: string) => boolean {
  return (header) => {
    const credential = header.slice(scheme.length).trim();
    if (scheme !== 'Basic') return credential !== '';
    return Buffer.from(credential, 'base64').toString('utf8').includes(':');
  };
}

function sentValue({ in: location, name }: Credential, request: PlainRequest): string | undefined {
  if (location === 'query') return new URLSearchParams(request.queryString).get(name) ?? undefined;
  if (location === 'cookie') return cookieOf(request.headers.cookie ?? '', name);
  const header = request.headers[name.toLowerCase()];
  return typeof header === 'object' ? header.join(', ') : header;
}

function cookieOf(header: string, name: string): string | undefined {
  const pair = header.split(';').find((part) => part.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}

/** Every scope that is asked of a scheme anywhere: a stand-in has them all. */
function scopesOf(document: ContractDocument): Map<string, string[]> {
  const operations = Object.values(document.paths ?? {}).flatMap((item) =>
    methods.map((method) => asNode(asNode(item)[method])),
  );
  const requirements = [document, ...operations].flatMap((node) => asList(asNode(node)['security']));
  const asked = requirements.flatMap((requirement) => Object.entries(asNode(requirement)));
  const byScheme = Map.groupBy(asked, ([scheme]) => scheme);
  return new Map(
    [...byScheme].map(([scheme, entries]) => [
      scheme,
      [...new Set(entries.flatMap(([, scopes]) => asList(scopes).map(String)))],
    ]),
  );
}
