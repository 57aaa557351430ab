import { z } from 'zod';
import { ErrorBody, ERROR_STATUS } from './errors.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';

/** JSON as it stands in the document. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** The document, typed as far as its readers (the docs page, the tests) look into it. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonObject>> };
}

/**
 * The contract as OpenAPI 3.1, deterministic: routes in the order of `routes`, schemas by name.
 * Throws when three different schemas carry the same `meta({ id })`.
 */
export function openApiDocument(version: string): OpenApiDocument {
  const schemas = new Map<string, JsonObject>();
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of Object.values<Route>(routes)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, schemas) };
  }
  const sorted = [...schemas].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Meshplay Troubleshooter',
      version,
      description:
        'What is wrong with the Meshplay Operator, MeshSync and Broker of each cluster, and what mends it.',
    },
    paths,
    components: { schemas: Object.fromEntries(sorted) },
  };
}

function operation(route: Route, schemas: Map<string, JsonObject>): JsonObject {
  const parameters = [
    ...parametersOf(route.params, 'path', schemas),
    ...parametersOf(route.query, 'query', schemas),
  ];
  const success = {
    description: 'What was asked for.',
    content: { 'application/json': { schema: schemaOf(route.response, 'output', schemas) } },
  };
  return {
    operationId: route.name,
    summary: route.summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(route.body, 'input', schemas) } },
          },
        }),
    responses: { [String(route.status ?? 200)]: success, ...failures(route, schemas) },
  };
}

/** Two errors may share a status, so they are told together. */
function failures(route: Route, schemas: Map<string, JsonObject>): JsonObject {
  const schema = schemaOf(ErrorBody, 'output', schemas);
  const codes = new Map<string, string[]>();
  for (const code of route.errors) {
    const status = String(ERROR_STATUS[code]);
    codes.set(status, [...(codes.get(status) ?? []), code]);
  }
  const content = { 'application/json': { schema } };
  const named = [...codes].map(([status, names]): [string, JsonObject] => [
    status,
    { description: names.map((name) => `\`${name}\``).join(', '), content },
  ]);
  return {
    ...Object.fromEntries(named),
    default: { description: 'Anything else that went wrong.', content },
  };
}

function parametersOf(
  shape: z.ZodObject | undefined,
  place: 'path' | 'query',
  schemas: Map<string, JsonObject>,
): readonly JsonObject[] {
  if (shape === undefined) return [];
  const whole = asObject(schemaOf(shape, 'input', schemas));
  const required = Array.isArray(whole['required']) ? whole['required'] : [];
  return Object.entries(asObject(whole['properties'] ?? {})).map(([name, property]) => {
    const { description, ...schema } = asObject(property);
    return {
      name,
      in: place,
      ...(description === undefined ? {} : { description }),
      ...(place === 'path' || required.includes(name) ? { required: true } : {}),
      schema,
    };
  });
}

/** The JSON schema of a type; the types it names by `meta({ id })` go into `schemas` and are referred to. */
function schemaOf(type: z.ZodType, io: 'input' | 'output', schemas: Map<string, JsonObject>): Json {
  // Wrapped, because zod writes the outermost type in full even where it has a name.
  const made: unknown = z.toJSONSchema(z.object({ root: type }), {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // A reader must accept fields it does not know yet, or no field could ever be added.
      if (io === 'output' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
      // `format` says it; the pattern of a calendar is for machines only and ten lines long.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  const { properties, $defs } = asObject(made);
  const definitions = Object.entries(asObject($defs ?? {}));
  const names = namesFor(definitions, io, schemas);
  for (const [name, definition] of definitions) {
    schemas.set(names.get(name) ?? name, asObject(relocated(definition, names)));
  }
  return relocated(asObject(properties)['root'] ?? {}, names);
}

/**
 * A type with defaults is one thing to a caller and another to a reader of the reply: whichever comes second gets a
 * name of its own, and so does every type that refers to it.
 */
function namesFor(
  definitions: readonly (readonly [string, Json])[],
  io: 'input' | 'output',
  schemas: ReadonlyMap<string, JsonObject>,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const differs = ([name, definition]: readonly [string, Json]) => {
    const known = schemas.get(names.get(name) ?? name);
    return known !== undefined && JSON.stringify(known) !== JSON.stringify(relocated(definition, names));
  };
  for (let before = -1; before !== names.size;) {
    before = names.size;
    for (const definition of definitions) {
      if (!names.has(definition[0]) && differs(definition)) {
        names.set(definition[0], `${definition[0]}${io === 'input' ? 'Input' : 'Reply'}`);
      }
    }
  }
  const clash = definitions.find(differs);
  if (clash !== undefined)
    throw new Error(`Two schemas of the contract differ and are both named ${clash[0]}.`);
  return names;
}

/** Points references at where the schemas stand in the document, by the names they have there. */
function relocated(json: Json, names: ReadonlyMap<string, string>): Json {
  if (Array.isArray(json)) return json.map((item: Json) => relocated(item, names));
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json).map(([key, value]): [string, Json] => {
    if (key !== '$ref' || typeof value !== 'string') return [key, relocated(value, names)];
    const name = value.replace('#/$defs/', '');
    return [key, `#/components/schemas/${names.get(name) ?? name}`];
  });
  // zod puts the name beside the schema; here the key of the component says it.
  return Object.fromEntries(entries.filter(([key, value]) => key !== 'id' || typeof value !== 'string'));
}

function asObject(json: unknown): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Error('A JSON schema must be an object.');
  // zod gives plain JSON; everything read from it is checked where it is read.
  return json as JsonObject;
}
