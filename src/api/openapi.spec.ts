import { describe, expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';

const document = openApiDocument('1.2.3');
const text = JSON.stringify(document);

describe('openApiDocument', () => {
  it('has one operation for every route', () => {
    const named = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .map((operation) => String(operation['operationId']));
    expect(named.toSorted()).toEqual(Object.keys(routes).toSorted());
  });

  it('refers only to schemas it contains', () => {
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) {
      expect(reference).toMatch(/^#\/components\/schemas\//);
      expect(Object.keys(document.components.schemas)).toContain(
        reference.replace('#/components/schemas/', ''),
      );
    }
  });

  it('names path parameters and tells query parameters with their limits', () => {
    const view = document.paths['/api/connections/{connectionId}']?.['get'];
    expect(view?.['parameters']).toEqual([
      {
        name: 'connectionId',
        in: 'path',
        required: true,
        schema: { type: 'string', minLength: 1, maxLength: 200 },
      },
    ]);
    expect(JSON.stringify(document.paths['/api/connections']?.['get'])).toContain('"maximum":1000');
  });

  it('lets replies grow: no reply forbids further fields', () => {
    expect(JSON.stringify(document.components.schemas['ConnectionSummary'])).not.toContain(
      'additionalProperties":false',
    );
  });

  it('says the same twice', () => {
    expect(JSON.stringify(openApiDocument('1.2.3'))).toBe(text);
  });
});
