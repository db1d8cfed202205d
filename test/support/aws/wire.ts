import { NormalizedSchema } from '@smithy/core/schema';
import type { ServiceName } from '../../../src/providers/aws/services.ts';
import { PACKAGES } from './packages.ts';

/**
 * The protocols of AWS from the server's side, by the schemas that the SDK itself brings: a request becomes an operation
 * and its input, an output becomes the bytes that the SDK reads. How the protocols differ is as the recordings show it.
 */
export interface WireRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Decoded {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly accessKeyId: string;
}

type Protocol = 'ec2' | 'query' | 'rest-xml' | 'rest-json' | 'json';

const SIGNED_AS: Readonly<Record<string, readonly ServiceName[]>> = {
  'access-analyzer': ['accessAnalyzer'],
  acm: ['acm'],
  apigateway: ['apiGateway', 'apiGatewayV2'],
  autoscaling: ['autoScaling'],
  budgets: ['budgets'],
  ce: ['costExplorer'],
  cloudtrail: ['cloudTrail'],
  ec2: ['ec2'],
  ecr: ['ecr'],
  ecs: ['ecs'],
  eks: ['eks'],
  elasticloadbalancing: ['loadBalancing', 'classicBalancing'],
  es: ['openSearch'],
  guardduty: ['guardDuty'],
  iam: ['iam'],
  kms: ['kms'],
  lambda: ['lambda'],
  logs: ['logs'],
  monitoring: ['cloudWatch'],
  pricing: ['pricing'],
  rds: ['rds'],
  redshift: ['redshift'],
  route53: ['route53'],
  s3: ['s3', 's3Control'],
  secretsmanager: ['secrets'],
  servicequotas: ['quotas'],
  sns: ['sns'],
  sqs: ['sqs'],
  sts: ['sts'],
  tagging: ['tagging'],
};

const PROTOCOLS: Partial<Record<ServiceName, Protocol>> = {
  ec2: 'ec2',
  iam: 'query',
  sts: 'query',
  rds: 'query',
  redshift: 'query',
  sns: 'query',
  autoScaling: 'query',
  loadBalancing: 'query',
  classicBalancing: 'query',
  s3: 'rest-xml',
  s3Control: 'rest-xml',
  route53: 'rest-xml',
  accessAnalyzer: 'rest-json',
  apiGateway: 'rest-json',
  apiGatewayV2: 'rest-json',
  eks: 'rest-json',
  guardDuty: 'rest-json',
  lambda: 'rest-json',
  openSearch: 'rest-json',
};

const CLASSIC_VERSION = '2012-06-01';

export function protocolOf(service: ServiceName): Protocol {
  return PROTOCOLS[service] ?? 'json';
}

/** What was asked; null when it is no signed request of a service that we know. */
export async function decode(request: WireRequest): Promise<Decoded | null> {
  const [, accessKeyId, region, signedAs] =
    /Credential=([^/,]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(request.headers['authorization'] ?? '') ?? [];
  if (accessKeyId === undefined || region === undefined || signedAs === undefined) return null;
  const service = serviceOf(SIGNED_AS[signedAs] ?? [], request);
  if (service === undefined) return null;
  const asked = await operationOf(service, request);
  return asked === null ? null : { service, ...asked, region, accessKeyId };
}

function serviceOf(candidates: readonly ServiceName[], { path, body }: WireRequest): ServiceName | undefined {
  const [first, second] = candidates;
  if (second === undefined || first === undefined) return first;
  const isSecond =
    (second === 's3Control' && path.startsWith('/v20180820/')) ||
    (second === 'classicBalancing' && body.includes(`Version=${CLASSIC_VERSION}`)) ||
    (second === 'apiGatewayV2' && path.startsWith('/v2/'));
  return isSecond ? second : first;
}

async function operationOf(
  service: ServiceName,
  request: WireRequest,
): Promise<{ readonly operation: string; readonly input: Readonly<Record<string, unknown>> } | null> {
  switch (protocolOf(service)) {
    case 'json': {
      const operation = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
      const schema = await schemaOf(service, operation);
      return { operation, input: structOf(fromJson(schema.input, JSON.parse(request.body || '{}'))) };
    }
    case 'ec2':
    case 'query': {
      const form = new URLSearchParams(request.body);
      const operation = form.get('Action') ?? '';
      const schema = await schemaOf(service, operation);
      return { operation, input: structOf(fromForm(schema.input, form, '', protocolOf(service) === 'ec2')) };
    }
    case 'rest-xml':
    case 'rest-json':
      return restOperation(service, request);
  }
}

interface OperationShape {
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  readonly http: readonly [method: string, uri: string, code: number] | null;
}

const modules = new Map<ServiceName, Promise<object>>();

async function moduleOf(service: ServiceName): Promise<object> {
  const known = modules.get(service) ?? PACKAGES[service]();
  modules.set(service, known);
  return known;
}

async function schemaOf(service: ServiceName, operation: string): Promise<OperationShape> {
  const schema: unknown = Reflect.get(await moduleOf(service), `${operation}$`);
  if (!Array.isArray(schema)) throw new Error(`${service} has no operation ${JSON.stringify(operation)}`);
  return shapeOf(schema);
}

function shapeOf(schema: readonly unknown[]): OperationShape {
  const [, , , traits, input, output] = schema;
  const http: unknown = typeof traits === 'object' && traits !== null ? Reflect.get(traits, 'http') : null;
  return {
    input: NormalizedSchema.of(input as never),
    output: NormalizedSchema.of(output as never),
    http: Array.isArray(http) ? (http as [string, string, number]) : null,
  };
}

interface Route extends OperationShape {
  readonly operation: string;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  /** What must stand in the query, as the method and path alone do not tell: `?policyStatus`. */
  readonly query: readonly (readonly [string, string])[];
}

const routes = new Map<ServiceName, readonly Route[]>();

async function routesOf(service: ServiceName): Promise<readonly Route[]> {
  const known = routes.get(service);
  if (known !== undefined) return known;
  const module = await moduleOf(service);
  const made = Object.entries(module).flatMap(([name, schema]): Route[] => {
    if (!name.endsWith('$') || !Array.isArray(schema) || schema[0] !== 9) return [];
    const shape = shapeOf(schema);
    if (shape.http === null) return [];
    const [path = '', query = ''] = shape.http[1].split('?');
    const labels = [...path.matchAll(/\{([^}+]+)\+?\}/g)].map((match) => match[1] ?? '');
    // A bucket stands in the path before what the operation is, as the server has one address.
    const bucket = service === 's3' && shape.input.isStructSchema() && hasMember(shape.input, 'Bucket');
    const source = path
      .replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')
      .replaceAll(/\{[^}]+?(\\\+)?\}/g, (_, greedy: string | undefined) => (greedy === undefined ? '([^/]+)' : '(.+)'));
    return [
      {
        ...shape,
        operation: name.slice(0, -1),
        pattern: new RegExp(`^${bucket ? '/([^/]+)' : ''}${bucket && source === '/' ? '/?' : source}/?$`),
        labels: bucket ? ['Bucket', ...labels] : labels,
        query: [...new URLSearchParams(query)],
      },
    ];
  });
  // The more a route says, the sooner it is tried.
  const sorted = made.toSorted((a, b) => b.query.length - a.query.length || a.labels.length - b.labels.length);
  routes.set(service, sorted);
  return sorted;
}

function hasMember(schema: NormalizedSchema, name: string): boolean {
  return [...schema.structIterator()].some(([member]) => member === name);
}

async function restOperation(service: ServiceName, request: WireRequest) {
  const url = new URL(request.path, 'http://aws.invalid');
  for (const route of await routesOf(service)) {
    const match = route.http?.[0] === request.method ? route.pattern.exec(decodeURIComponent(url.pathname)) : null;
    if (match === null) continue;
    if (!route.query.every(([key, value]) => url.searchParams.get(key) === value)) continue;
    const input: Record<string, unknown> = {};
    for (const [index, label] of route.labels.entries()) input[label] = match[index + 1];
    if (route.input.isStructSchema()) {
      const body =
        request.body === '' || protocolOf(service) === 'rest-xml' ? null : (JSON.parse(request.body) as unknown);
      for (const [name, member] of route.input.structIterator()) {
        const traits = member.getMergedTraits() as Record<string, unknown>;
        const header = traits['httpHeader'];
        const query = traits['httpQuery'];
        if (typeof query === 'string' && url.searchParams.has(query))
          input[name] = fromText(member, url.searchParams, query);
        else if (typeof header === 'string' && request.headers[header.toLowerCase()] !== undefined)
          input[name] = request.headers[header.toLowerCase()];
        else if (body !== null && typeof body === 'object' && name in body && input[name] === undefined)
          input[name] = fromJson(member, Reflect.get(body, name));
      }
      if (protocolOf(service) === 'rest-xml' && request.body !== '') input['$body'] = request.body;
    }
    return { operation: route.operation, input };
  }
  return null;
}

function fromText(schema: NormalizedSchema, query: URLSearchParams, key: string): unknown {
  if (schema.isListSchema()) return query.getAll(key);
  const text = query.get(key) ?? '';
  return schema.isNumericSchema() ? Number(text) : schema.isBooleanSchema() ? text === 'true' : text;
}

function fromJson(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isTimestampSchema()) return new Date(typeof value === 'number' ? value * 1000 : textOf(value));
  if (schema.isListSchema() && Array.isArray(value))
    return value.map((item) => fromJson(schema.getValueSchema(), item));
  if (schema.isStructSchema() && typeof value === 'object')
    return Object.fromEntries(
      [...schema.structIterator()].flatMap(([name, member]) => {
        const wire = (member.getMergedTraits() as Record<string, unknown>)['jsonName'];
        const given: unknown = Reflect.get(value, typeof wire === 'string' ? wire : name);
        return given === undefined ? [] : [[name, fromJson(member, given)]];
      }),
    );
  return value;
}

function fromForm(schema: NormalizedSchema, form: URLSearchParams, prefix: string, ec2: boolean): unknown {
  if (schema.isStructSchema()) {
    const found = [...schema.structIterator()].flatMap(([name, member]) => {
      const key = `${prefix === '' ? '' : `${prefix}.`}${formNameOf(name, member, ec2)}`;
      const value = fromForm(member, form, key, ec2);
      return value === undefined ? [] : [[name, value] as const];
    });
    return found.length === 0 && prefix !== '' ? undefined : Object.fromEntries(found);
  }
  if (schema.isListSchema()) {
    const flat = ec2 || (schema.getMergedTraits() as Record<string, unknown>)['xmlFlattened'] !== undefined;
    const items: unknown[] = [];
    for (let index = 1; ; index += 1) {
      const inner = (schema.getValueSchema().getMergedTraits() as Record<string, unknown>)['xmlName'];
      const key = flat ? `${prefix}.${index}` : `${prefix}.${typeof inner === 'string' ? inner : 'member'}.${index}`;
      const item = fromForm(schema.getValueSchema(), form, key, ec2);
      if (item === undefined) break;
      items.push(item);
    }
    return items.length === 0 ? undefined : items;
  }
  const text = form.get(prefix);
  if (text === null) return undefined;
  if (schema.isBooleanSchema()) return text === 'true';
  if (schema.isNumericSchema()) return Number(text);
  return schema.isTimestampSchema() ? new Date(text) : text;
}

function formNameOf(name: string, member: NormalizedSchema, ec2: boolean): string {
  const traits = member.getMergedTraits() as Record<string, unknown>;
  const own = traits['ec2QueryName'];
  if (ec2 && typeof own === 'string') return own;
  const xmlName = traits['xmlName'];
  const base = typeof xmlName === 'string' ? xmlName : name;
  return ec2 ? base.replace(/^./, (letter) => letter.toUpperCase()) : base;
}

/** Of what stands in one place as a text. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') throw new Error(`no text: ${JSON.stringify(value)}`);
  return String(value as string | number | boolean);
}

function structOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** An output as the service sends it. Members that the schema does not have are a mistake of the test. */
export async function encode(service: ServiceName, operation: string, output: object): Promise<WireAnswer> {
  const { output: schema, http } = await schemaOf(service, operation);
  const protocol = protocolOf(service);
  if (schema.isStructSchema()) refuseStrangers(schema, output, `${service}.${operation}`);
  switch (protocol) {
    case 'json':
      return { status: 200, headers: JSON_TYPE, body: JSON.stringify(toJson(schema, output)) };
    case 'rest-json':
      return {
        status: http?.[2] ?? 200,
        headers: { 'content-type': 'application/json' },
        body: restBody(schema, output),
      };
    case 'ec2':
      return xml(
        `<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId>${members(schema, output)}</${operation}Response>`,
      );
    case 'query':
      return xml(
        `<${operation}Response><${operation}Result>${members(schema, output)}</${operation}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></${operation}Response>`,
      );
    case 'rest-xml':
      return restXml(schema, operation, output);
  }
}

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' };

function xml(body: string, status = 200): WireAnswer {
  return { status, headers: { 'content-type': 'text/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
}

function restBody(schema: NormalizedSchema, output: object): string {
  for (const [name, member] of schema.isStructSchema() ? schema.structIterator() : []) {
    const traits = member.getMergedTraits() as Record<string, unknown>;
    if (traits['httpPayload'] !== undefined) {
      const value: unknown = Reflect.get(output, name);
      return member.isStructSchema() ? JSON.stringify(toJson(member, value)) : textOf(value);
    }
  }
  return JSON.stringify(toJson(schema, output));
}

function restXml(schema: NormalizedSchema, operation: string, output: object): WireAnswer {
  for (const [name, member] of schema.isStructSchema() ? schema.structIterator() : []) {
    const traits = member.getMergedTraits() as Record<string, unknown>;
    if (traits['httpPayload'] === undefined) continue;
    const value: unknown = Reflect.get(output, name);
    if (!member.isStructSchema()) return { status: 200, headers: {}, body: textOf(value) };
    const root = typeof traits['xmlName'] === 'string' ? traits['xmlName'] : (member.getName() ?? name);
    return xml(`<${root}>${members(member, Object(value) as object)}</${root}>`);
  }
  const root = (schema.getMergedTraits() as Record<string, unknown>)['xmlName'];
  const name = typeof root === 'string' ? root : `${operation}Response`;
  return xml(`<${name}>${members(schema, output)}</${name}>`);
}

function refuseStrangers(schema: NormalizedSchema, output: object, where: string): void {
  const known = new Set([...schema.structIterator()].map(([name]) => name));
  const stranger = Object.keys(output).find((name) => !known.has(name) && name !== 'ResponseMetadata');
  if (stranger !== undefined) throw new Error(`the output of ${where} has no member ${stranger}`);
}

function toJson(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isTimestampSchema())
    return (value instanceof Date ? value.getTime() : new Date(textOf(value)).getTime()) / 1000;
  if (schema.isBlobSchema()) return Buffer.from(value as Uint8Array).toString('base64');
  if (schema.isListSchema() && Array.isArray(value)) return value.map((item) => toJson(schema.getValueSchema(), item));
  if (schema.isMapSchema() && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(schema.getValueSchema(), item)]));
  if (schema.isStructSchema() && typeof value === 'object')
    return Object.fromEntries(
      [...schema.structIterator()].flatMap(([name, member]) => {
        const given: unknown = Reflect.get(value, name);
        const wire = (member.getMergedTraits() as Record<string, unknown>)['jsonName'];
        return given === undefined || given === null
          ? []
          : [[typeof wire === 'string' ? wire : name, toJson(member, given)]];
      }),
    );
  return value;
}

function members(schema: NormalizedSchema, value: object): string {
  if (!schema.isStructSchema()) return '';
  return [...schema.structIterator()]
    .map(([name, member]) => {
      const given: unknown = Reflect.get(value, name);
      if (given === undefined || given === null) return '';
      const traits = member.getMergedTraits() as Record<string, unknown>;
      return element(member, typeof traits['xmlName'] === 'string' ? traits['xmlName'] : name, given, traits);
    })
    .join('');
}

function element(
  schema: NormalizedSchema,
  tag: string,
  value: unknown,
  traits: Readonly<Record<string, unknown>>,
): string {
  const flat = traits['xmlFlattened'] !== undefined;
  if (schema.isListSchema() && Array.isArray(value)) {
    const inner = schema.getValueSchema();
    const innerName = (inner.getMergedTraits() as Record<string, unknown>)['xmlName'];
    const itemTag = flat ? tag : typeof innerName === 'string' ? innerName : 'member';
    const items = value.map((item) => element(inner, itemTag, item, {})).join('');
    return flat ? items : `<${tag}>${items}</${tag}>`;
  }
  if (schema.isMapSchema() && typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => {
      const body = `<key>${escaped(key)}</key>${element(schema.getValueSchema(), 'value', item, {})}`;
      return flat ? `<${tag}>${body}</${tag}>` : `<entry>${body}</entry>`;
    });
    return flat ? entries.join('') : `<${tag}>${entries.join('')}</${tag}>`;
  }
  if (schema.isStructSchema()) {
    const struct = Object(value) as object;
    const attributes = [...schema.structIterator()].flatMap(([name, member]) => {
      const own = member.getMergedTraits() as Record<string, unknown>;
      const given: unknown = Reflect.get(struct, name);
      if (own['xmlAttribute'] === undefined || given === undefined) return [];
      return [` ${typeof own['xmlName'] === 'string' ? own['xmlName'] : name}="${escaped(textOf(given))}"`];
    });
    // The only attribute there is: xsi:type of a grantee.
    const space = attributes.some((text) => text.startsWith(' xsi:'))
      ? ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
      : '';
    const rest = Object.fromEntries(
      Object.entries(struct).filter(([name]) => !(schema.isStructSchema() && isAttribute(schema, name))),
    );
    return `<${tag}${space}${attributes.join('')}>${members(schema, rest)}</${tag}>`;
  }
  if (schema.isTimestampSchema())
    return `<${tag}>${(value instanceof Date ? value : new Date(textOf(value))).toISOString()}</${tag}>`;
  if (schema.isBlobSchema()) return `<${tag}>${Buffer.from(value as Uint8Array).toString('base64')}</${tag}>`;
  return `<${tag}>${escaped(textOf(value))}</${tag}>`;
}

function isAttribute(schema: NormalizedSchema, name: string): boolean {
  for (const [member, own] of schema.structIterator())
    if (member === name) return (own.getMergedTraits() as Record<string, unknown>)['xmlAttribute'] !== undefined;
  return false;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** An error in the form of the service's protocol. */
export function encodeError(service: ServiceName, code: string, message: string, status: number): WireAnswer {
  switch (protocolOf(service)) {
    case 'ec2':
      return xml(
        `<Response><Errors><Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error></Errors><RequestID>r-1</RequestID></Response>`,
        status,
      );
    case 'query':
      return xml(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
        status,
      );
    case 'rest-xml':
      return service === 's3'
        ? xml(
            `<Error><Code>${code}</Code><Message>${escaped(message)}</Message><RequestId>r-1</RequestId></Error>`,
            status,
          )
        : xml(
            `<ErrorResponse><Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
            status,
          );
    case 'json':
    case 'rest-json':
      return {
        status,
        headers: { ...JSON_TYPE, 'x-amzn-errortype': code },
        body: JSON.stringify({ __type: code, message }),
      };
  }
}
