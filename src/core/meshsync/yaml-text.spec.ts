import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { yamlText } from './yaml-text.ts';

describe('an object as YAML', () => {
  it('has the layout of kubectl', () => {
    const text = yamlText({
      kind: 'Pod',
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'a', args: ['-v', '2'] }] },
    });
    expect(text).toBe(
      'kind: Pod\nmetadata:\n  labels:\n    app: web\nspec:\n  containers:\n  - name: a\n    args:\n    - "-v"\n    - "2"\n',
    );
  });

  it('is read back as the same object', () => {
    const object = {
      text: [
        'yes',
        'null',
        '012',
        '1e3',
        '',
        ' lead',
        'a: b',
        '# no',
        'tab\there',
        'emoji 🎉',
        '2026-08-01',
        '\u0085',
        '~',
        '- x',
      ],
      script: '#!/bin/sh\nset -e\n\necho done\n',
      noEnd: 'one\ntwo',
      leading: '  two\nthree',
      trailing: 'one\n\n',
      returns: 'a\r\nb',
      nested: [[1, [2, 'x']], {}, [], [{ deep: [{ deeper: null }] }], true, 1.5, -3],
      'odd key: 1': { yes: 1 },
    };
    expect(parse(yamlText(object))).toEqual(object);
  });
});
