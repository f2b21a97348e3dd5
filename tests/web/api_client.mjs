// A client made from the OpenAPI document: one function an operation, and a judge that knows which
// status, type and body the document declares for its answer. Schemas are closed for this: a field
// that an answer has and the document does not name is a fault.
import https from 'node:https';
import Ajv from 'ajv/dist/2020.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const PATIENCE_MS = 30000, STREAM_MS = 3000;

/** The schema with its references in place; objects that name their fields have no others, but where parts of a whole share a field. */
function closed(document, schema, { part = false, open = [] } = {}) {
  if (Array.isArray(schema)) return schema.map((one) => closed(document, one));
  if (schema === null || typeof schema !== 'object') return schema;
  if (schema.$ref) return closed(document, resolve(document, schema), { part, open });
  const ret = {}, shared = schema.allOf ? doubled(schema.allOf.flatMap((one) => Object.keys(resolve(document, one).properties ?? {}))) : open;
  for (const [key, value] of Object.entries(schema)) {
    if (['example', 'enum', 'const', 'required'].includes(key)) ret[key] = value;
    else if (key === 'properties') ret[key] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, open.includes(name) ? resolve(document, one.items ? { ...one, items: {} } : one) : closed(document, one)]));
    else if (['allOf', 'oneOf', 'anyOf'].includes(key)) ret[key] = value.map((one) => closed(document, one, { part: key === 'allOf' || schema.properties !== undefined, open: shared }));
    else ret[key] = closed(document, value);
  }
  if ((schema.properties || schema.allOf) && !part && schema.additionalProperties === undefined) ret.unevaluatedProperties = false;
  return ret;
}

const doubled = (names) => names.filter((name, i) => names.indexOf(name) !== i);

function resolve(document, value) {
  while (value?.$ref) {
    value = value.$ref.slice(2).split('/').reduce((at, name) => at[name], document);
    if (value === undefined) throw new Error('a reference leads nowhere');
  }
  return value;
}

const media = (type) => (type ?? '').split(';')[0].trim().toLowerCase();
const fits = (declared, type) => declared === '*/*' || declared === type || (declared.endsWith('/*') && type.startsWith(declared.slice(0, -1)));

export class ApiClient {
  /** url of the server, ca: its authority's certificate. */
  constructor(document, { url, ca }) {
    this.document = document;
    this.server = { host: new URL(url).hostname, port: new URL(url).port };
    this.agent = new https.Agent({ ca, keepAlive: true, maxSockets: 8 });
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    this.operations = new Map();
    this.api = {}; // the operations' functions
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of METHODS) if (item[method]) this.#add(ajv, method, path, item[method]);
    }
  }

  #add(ajv, method, path, source) {
    const [type, content] = Object.entries(source.requestBody?.content ?? {})[0] ?? [];
    const operation = {
      id: source.operationId, method: method.toUpperCase(), path, parameters: source.parameters ?? [],
      secured: source.security.length > 0, device: source.security.some((one) => one.device), csrf: source.security.some((one) => one.csrf),
      body: type && { type, example: content.example, check: ajv.compile(closed(this.document, content.schema)) },
      answers: Object.fromEntries(Object.entries(source.responses).map(([status, one]) => [status,
        Object.entries(resolve(this.document, one).content ?? {}).map(([name, { schema }]) => ({ type: name, check: ajv.compile(closed(this.document, schema)) }))])),
    };
    if (this.operations.has(operation.id)) throw new Error(`two operations are called ${operation.id}`);
    this.operations.set(operation.id, operation);
    this.api[operation.id] = (request) => this.call(operation, request);
  }

  /** request: {params, query, headers, body (bytes, or what becomes JSON), type}. */
  call(operation, { params = {}, query = {}, headers = {}, body, type = operation.body?.type } = {}) {
    const where = operation.path.replace(/\{(\w+)\}/g, (_, name) => (name === 'path' ? String(params[name]).split('/').map(encodeURIComponent).join('/') : params[name]?.raw ?? encodeURIComponent(params[name])));
    const search = Object.entries(query).map(([name, value]) => `${name}=${value?.raw ?? encodeURIComponent(value)}`).join('&');
    return this.send(operation.method, where + (search && `?${search}`), { ...(body === undefined ? {} : { 'Content-Type': type }), ...headers }, body);
  }

  send(method, where, headers, body) {
    const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    return new Promise((done, fail) => {
      const request = https.request({ ...this.server, path: where, method, agent: this.agent, timeout: PATIENCE_MS, headers: { ...headers, ...(bytes ? { 'Content-Length': bytes.length } : {}) } });
      request.on('response', (answer) => {
        const parts = [], end = () => done({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(parts) });
        answer.on('data', (part) => {
          parts.push(part);
          if (media(answer.headers['content-type']) === 'text/event-stream') { end(); request.destroy(); }
        });
        answer.on('end', end).on('error', () => {});
        if (media(answer.headers['content-type']) === 'text/event-stream') setTimeout(() => { end(); request.destroy(); }, STREAM_MS).unref();
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${where}: no answer`))).on('error', fail);
      request.end(bytes);
    });
  }

  /** What is wrong with an answer; undefined: nothing. */
  judge(operation, { status, headers, bytes }) {
    const declared = operation.answers[status], type = media(headers['content-type']);
    if (!declared) return `status ${status} is not declared: ${bytes.toString().slice(0, 200)}`;
    if (!/^[0-9a-f]{16}$/.test(headers['x-request-id'] ?? '')) return 'no request ID';
    if (status === 429 && !/^[1-9][0-9]*$/.test(headers['retry-after'] ?? '')) return '429 without Retry-After';
    if (declared.length === 0) return bytes.length === 0 ? undefined : `${status} has a body: ${bytes.toString().slice(0, 200)}`;
    const one = declared.find((content) => fits(content.type, type));
    if (!one) return `${status} of type ${type || 'none'}, declared: ${declared.map((content) => content.type)}`;
    if (type !== 'application/json') return undefined;
    let json;
    try {
      json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (error) {
      return `${status}: ${error.message}: ${bytes.toString('latin1').slice(0, 200)}`;
    }
    return one.check(json) ? undefined : `${status}: ${ajvWords(one.check.errors)}: ${bytes.toString().slice(0, 300)}`;
  }

  close() {
    this.agent.destroy();
  }
}

const ajvWords = (errors) => errors.map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${params.unevaluatedProperty ?? params.missingProperty ?? ''}`).join('; ');

/** Operations whose examples are missing or do not fit their own schemas. */
export function faultsOfExamples(client) {
  const faults = [];
  for (const operation of client.operations.values()) {
    for (const one of operation.parameters) if (one.example === undefined) faults.push(`${operation.id}: ${one.name} has no example`);
    if (!operation.body) continue;
    if (operation.body.example === undefined) faults.push(`${operation.id}: the body has no example`);
    else if (!operation.body.check(operation.body.example)) faults.push(`${operation.id}: the example does not fit: ${ajvWords(operation.body.check.errors)}`);
  }
  return faults;
}
