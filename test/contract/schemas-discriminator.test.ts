/** Discriminators decide between schemas: in what is sent, in what is told of its errors, and in what leaves. */
import { describe, expect, test } from '@jest/globals';
import { json, operation, serve } from './support.ts';
import type { JsonSchema } from '#contract/document.ts';
import type { Spec } from './support.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const text = { type: 'string' };
const integer = { type: 'integer' };

const animal = {
  type: 'object',
  required: ['kind'],
  properties: { kind: text, name: { type: 'string', default: 'Nobody' } },
  discriminator: { propertyName: 'kind' },
};

const schemas: Record<string, JsonSchema> = {
  Cat: {
    type: 'object',
    required: ['kind', 'lives'],
    properties: { kind: text, lives: { type: 'integer', default: 9, maximum: 9 } },
    additionalProperties: false,
  },
  Dog: {
    type: 'object',
    required: ['kind'],
    properties: { kind: text, barks: { type: 'boolean', default: true } },
    additionalProperties: false,
  },
  ByName: { oneOf: [ref('Cat'), ref('Dog')], discriminator: { propertyName: 'kind' } },
  ByMapping: {
    anyOf: [ref('Cat'), ref('Dog')],
    discriminator: { propertyName: 'kind', mapping: { cat: '#/components/schemas/Cat', kitten: 'Cat', dog: 'Dog' } },
  },
  OrNull: { oneOf: [ref('Cat'), ref('Dog'), { type: 'null' }], discriminator: { propertyName: 'kind' } },
  ByConst: {
    oneOf: [
      { type: 'object', properties: { kind: { const: 'a' }, a: integer }, required: ['kind'] },
      { type: 'object', properties: { kind: { enum: ['b', 'c'] }, b: integer }, required: ['kind'] },
    ],
    discriminator: { propertyName: 'kind' },
  },
  Undecided: { oneOf: [{ type: 'object', properties: { a: integer }, required: ['a'] }, ref('Dog')], discriminator: { propertyName: 'kind' } },
  Animal: animal,
  Bird: { allOf: [ref('Animal'), { type: 'object', required: ['wings'], properties: { wings: integer } }] },
  Parrot: { allOf: [ref('Bird'), { type: 'object', properties: { words: { type: 'array', items: text } } }] },
  Mapped: { ...animal, discriminator: { propertyName: 'kind', mapping: { fish: '#/components/schemas/Fish' } } },
  Fish: { allOf: [ref('Mapped'), { type: 'object', properties: { fins: integer } }] },
  Shark: { allOf: [ref('Mapped'), { type: 'object', properties: { teeth: integer } }] },
}; // prettier-ignore

function specOf(name: string): Spec {
  return {
    components: { schemas },
    paths: {
      '/animals': {
        post: operation('addAnimal', { requestBody: { required: true, ...json(ref(name)) } }),
        get: operation('getAnimal', { responses: { 200: json(ref(name)) } }),
      },
    },
  };
}

async function sending(name: string, body: unknown) {
  await using api = await serve(specOf(name));
  const { status, body: answer } = await api.http.post('/animals').type('json').send(JSON.stringify(body));
  return { status, body: answer.body, errors: answer.errors };
}

async function leaving(name: string, value: unknown) {
  await using api = await serve(specOf(name), {
    breaches: 'report',
    handlers: { getAnimal: (_, reply) => reply(200, value) },
  });
  const { body } = await api.http.get('/animals').expect(200);
  return { body, isBreach: api.breaches.length > 0 };
}

describe('in requests', () => {
  const taken: [schema: string, body: unknown, seen: unknown][] = [
    ['ByName', { kind: 'Cat', lives: 7 }, { kind: 'Cat', lives: 7 }],
    ['ByName', { kind: 'Dog' }, { kind: 'Dog', barks: true }],
    ['ByMapping', { kind: 'kitten', lives: 1 }, { kind: 'kitten', lives: 1 }],
    ['ByMapping', { kind: 'dog' }, { kind: 'dog', barks: true }],
    ['OrNull', null, null],
    ['OrNull', { kind: 'Dog', barks: false }, { kind: 'Dog', barks: false }],
    ['ByConst', { kind: 'a', a: 1 }, { kind: 'a', a: 1 }],
    ['ByConst', { kind: 'c', b: 1 }, { kind: 'c', b: 1 }],
    ['Undecided', { a: 1 }, { a: 1 }],
    ['Undecided', { kind: 'Cow' }, { kind: 'Cow', barks: true }],
    ['Animal', { kind: 'Animal' }, { kind: 'Animal', name: 'Nobody' }],
    ['Animal', { kind: 'Bird', wings: 2 }, { kind: 'Bird', wings: 2, name: 'Nobody' }],
    ['Animal', { kind: 'Parrot', wings: 2, words: ['hi'] }, { kind: 'Parrot', wings: 2, words: ['hi'], name: 'Nobody' }],
    ['Bird', { kind: 'Parrot', wings: 2 }, { kind: 'Parrot', wings: 2, name: 'Nobody' }],
    ['Mapped', { kind: 'fish', fins: 3 }, { kind: 'fish', fins: 3, name: 'Nobody' }],
    ['Mapped', { kind: 'Shark', teeth: 99 }, { kind: 'Shark', teeth: 99, name: 'Nobody' }],
  ]; // prettier-ignore

  test.each(taken)('%s takes %j', async (schema, body, seen) => {
    expect(await sending(schema, body)).toEqual({ status: 200, body: seen, errors: undefined });
  });

  const refused: [schema: string, body: unknown, errors: object[]][] = [
    ['ByName', { kind: 'Cow' }, [{ pointer: '/kind', type: 'enum', message: 'must be one of "Cat", "Dog"' }]],
    ['ByName', { lives: 1 }, [{ pointer: '/kind', type: 'required' }]],
    ['ByName', { kind: 'Cat' }, [{ pointer: '/lives', type: 'required' }]],
    ['ByName', { kind: 'Cat', lives: 10 }, [{ pointer: '/lives', type: 'maximum' }]],
    ['ByName', { kind: 'Dog', lives: 1 }, [{ pointer: '/lives', type: 'additionalProperties' }]],
    ['ByName', null, [{ pointer: '', type: 'type' }]],
    ['ByName', { kind: '__proto__' }, [{ pointer: '/kind', type: 'enum' }]],
    ['ByName', { kind: { Cat: 1 } }, [{ pointer: '/kind', type: 'enum' }]],
    ['ByMapping', { kind: 'Cat', lives: 1 }, [{ pointer: '/kind', type: 'enum', message: 'must be one of "cat", "kitten", "dog"' }]],
    ['ByConst', { kind: 'b', b: 'x' }, [{ pointer: '/b', type: 'type' }]],
    ['Undecided', { kind: 1 }, [{ pointer: '/a', type: 'required' }]],
    ['Animal', { kind: 'Bird' }, [{ pointer: '/wings', type: 'required' }]],
    ['Animal', { kind: 'Parrot', wings: 2, words: [1] }, [{ pointer: '/words/0', type: 'type' }]],
    ['Animal', { kind: 'Cow' }, [{ pointer: '/kind', type: 'enum' }]],
    ['Mapped', { kind: 'Fish' }, [{ pointer: '/kind', type: 'enum' }]],
    ['Mapped', { kind: 'Shark', teeth: 'x' }, [{ pointer: '/teeth', type: 'type' }]],
  ]; // prettier-ignore

  test.each(refused)('%s refuses %j', async (schema, body, errors) => {
    const answer = await sending(schema, body);
    expect(answer.status).toBe(422);
    expect(answer.errors).toEqual(
      expect.arrayContaining(errors.map((error) => expect.objectContaining(error))),
    );
    if (schema !== 'Undecided') expect(answer.errors).toHaveLength(errors.length);
  });
});

describe('in replies', () => {
  const secret = { hash: 'argon2' };
  const rows: [schema: string, value: unknown, left: unknown, isBreach: boolean][] = [
    ['ByName', { kind: 'Cat', lives: 7, barks: true, ...secret }, { kind: 'Cat', lives: 7 }, false],
    ['ByName', { kind: 'Dog', lives: 7, barks: true, ...secret }, { kind: 'Dog', barks: true }, false],
    ['ByName', { kind: 'Cow', lives: 7, ...secret }, { kind: 'Cow' }, true],
    ['ByMapping', { kind: 'kitten', lives: 1, barks: true, ...secret }, { kind: 'kitten', lives: 1 }, false],
    ['ByMapping', { kind: 'Cat', lives: 1, ...secret }, { kind: 'Cat' }, true],
    ['OrNull', { kind: 'Dog', lives: 1, ...secret }, { kind: 'Dog' }, false],
    ['OrNull', null, null, false],
    ['ByConst', { kind: 'c', a: 1, b: 2, ...secret }, { kind: 'c', b: 2 }, false],
    ['Animal', { kind: 'Bird', wings: 2, words: ['hi'], name: 'Ada', ...secret }, { kind: 'Bird', wings: 2, name: 'Ada' }, false],
    ['Animal', { kind: 'Parrot', wings: 2, words: ['hi'], ...secret }, { kind: 'Parrot', wings: 2, words: ['hi'] }, false],
    ['Animal', { kind: 'Animal', wings: 2, ...secret }, { kind: 'Animal' }, false],
    ['Mapped', { kind: 'fish', fins: 1, teeth: 2, ...secret }, { kind: 'fish', fins: 1 }, false],
    ['Mapped', { kind: 'Shark', fins: 1, teeth: 2, ...secret }, { kind: 'Shark', teeth: 2 }, false],
  ]; // prettier-ignore

  test.each(rows)('%s lets %j out as %j', async (schema, value, left, isBreach) => {
    expect(await leaving(schema, value)).toEqual({ body: left, isBreach });
  });

  test.each(['constructor', '__proto__', 'toString'])('%s names no schema', async (kind) => {
    expect(await leaving('ByName', { kind, lives: 1, ...secret })).toEqual({
      body: { kind },
      isBreach: true,
    });
  });
});
