import type { OpenApiDocument } from '../../api/openapi.ts';

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
  h1 { font-size: 1.6rem; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .25rem; }
  code, pre { font: .875rem/1.5 ui-monospace, monospace; }
  pre { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; overflow-x: auto; padding: .75rem; }
  table { border-collapse: collapse; width: 100%; } th, td { padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; }
  .method { border: 1px solid currentColor; border-radius: .25rem; font-weight: 600; padding: 0 .4rem; }
  .scroll { overflow-x: auto; } summary { cursor: pointer; }
`;

/** The contract as a page to read: plain HTML, no script; `nonce` is for its one style element. */
export function docsPage(document: OpenApiDocument, nonce: string): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const contents = operations.map(
    ({ path, method, operation }) =>
      `<li><a href="#${text(operation['operationId'])}"><code>${text(method)} ${text(path)}</code></a> ${text(operation['summary'])}</li>`,
  );
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${text(name)}"><summary><code>${text(name)}</code></summary>${json(schema)}</details>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(document.info.title)} API</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main>
<h1>${text(document.info.title)} API <small>${text(document.info.version)}</small></h1>
<p>${text(document.info.description)} For programs: <a href="/api/openapi.json">openapi.json</a>. Every error has the shape
<a href="#schema-Error"><code>Error</code></a>; lists answer <code>{ items, nextCursor? }</code>; replies to GET may carry an
<code>ETag</code>, and <code>If-None-Match</code> then gives 304.</p>
<ul>${contents.join('')}</ul>
${operations.map(section).join('\n')}
<h2>Schemas</h2>
${schemas.join('\n')}
</main>
</body>
</html>
`;
}

function section({
  path,
  method,
  operation,
}: {
  path: string;
  method: string;
  operation: Readonly<Record<string, unknown>>;
}) {
  const { operationId, summary, parameters, requestBody, responses } = operation;
  return `<section>
<h2 id="${text(operationId)}"><span class="method">${text(method)}</span> <code>${text(path)}</code></h2>
<p>${text(summary)}</p>
${Array.isArray(parameters) ? parameterTable(parameters) : ''}
${requestBody === undefined ? '' : `<details><summary>Body</summary>${json(requestBody)}</details>`}
<details><summary>Replies</summary>${json(responses)}</details>
</section>`;
}

function parameterTable(parameters: readonly unknown[]): string {
  const rows = parameters.map((parameter) => {
    const { name, in: place, description, schema } = fields(parameter);
    return `<tr><td><code>${text(name)}</code></td><td>${text(place)}</td><td>${text(description)}</td><td><code>${text(
      JSON.stringify(schema),
    )}</code></td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>Name</th><th>In</th><th>Meaning</th><th>Type</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function json(value: unknown): string {
  return `<pre>${text(JSON.stringify(value, null, 2))}</pre>`;
}

function text(value: unknown): string {
  const plain = typeof value === 'string' ? value : '';
  return plain
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
