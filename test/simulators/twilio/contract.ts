import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { contractProblems } from '../messaging/contract-problems.ts'

type Json = Record<string, unknown>
interface Operation {
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema: Json
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: Json
}

export interface Contract {
  /** What in these fields is not as Twilio's OpenAPI file has it; empty: nothing. Names fields, never their values. */
  readonly request: (fields: {
    readonly path: Json
    readonly query: URLSearchParams
    readonly form?: URLSearchParams
    readonly json?: unknown
  }) => readonly string[]
  /** The same for an answer of the simulator itself. */
  readonly answer: (body: unknown) => readonly string[]
}

const form = 'application/x-www-form-urlencoded'
const messages = read('messages.json')
const lookups = read('lookups.json')
const content = read('content.json')
const messaging = read('messaging.json')
const accounts = read('accounts.json')
const services = read('services.json')
const list = '/2010-04-01/Accounts/{AccountSid}/Messages.json'

/** Twilio's own descriptions of the operations, cut out of twilio-oai (openapi/, MIT). */
export const contracts = {
  create: contract(messages, list, 'post'),
  list: contract(messages, list, 'get'),
  fetch: contract(messages, '/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json', 'get'),
  lookup: contract(lookups, '/v2/PhoneNumbers/{PhoneNumber}', 'get'),
  account: contract(accounts, '/2010-04-01/Accounts/{Sid}.json', 'get'),
  numbers: contract(accounts, '/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json', 'get'),
  service: contract(services, '/v1/Services/{Sid}', 'get'),
  typing: contract(messaging, '/v3/Indicators/Typing.json', 'post'),
  'content-create': contract(content, '/v1/Content', 'post'),
  'content-fetch': contract(content, '/v1/Content/{Sid}', 'get'),
  'content-delete': contract(content, '/v1/Content/{Sid}', 'delete'),
  'content-list': contract(content, '/v1/ContentAndApprovals', 'get'),
  'approval-create': contract(content, '/v1/Content/{ContentSid}/ApprovalRequests/whatsapp', 'post'),
  'approval-fetch': contract(content, '/v1/Content/{Sid}/ApprovalRequests', 'get'),
} as const

function read(name: string): Document {
  return JSON.parse(readFileSync(new URL(`openapi/${name}`, import.meta.url), 'utf8')) as Document
}

function contract(document: Document, path: string, method: string): Contract {
  const asking = makeAjv(true)
  const answering = makeAjv(false)
  const operation = document.paths[path]![method]!
  const compile = (schema: Json, ajv = asking): ValidateFunction =>
    ajv.compile({ ...schema, components: document.components })
  const inPlace = (place: string) => {
    const own = (operation.parameters ?? []).filter((parameter) => parameter.in === place)
    return compile({
      type: 'object',
      properties: Object.fromEntries(own.map(({ name, schema }) => [name, schema])),
      required: own.filter(({ required }) => required).map(({ name }) => name),
      additionalProperties: false,
    })
  }
  const places = { path: inPlace('path'), query: inPlace('query') }
  const bodySchema = operation.requestBody?.content[form]?.schema
  const body = bodySchema && compile({ ...bodySchema, additionalProperties: false })
  const jsonSchema = operation.requestBody?.content['application/json']?.schema
  const json = jsonSchema && compile(jsonSchema, makeAjv(false))
  const good = Object.values(operation.responses)[0]!.content?.['application/json']?.schema
  const answer = good && compile(good, answering)
  return {
    request: (fields) => [
      ...contractProblems('path', places.path, fields.path),
      ...contractProblems('query', places.query, plainFields(fields.query, {})),
      ...(body && bodySchema
        ? contractProblems('form', body, plainFields(fields.form ?? new URLSearchParams(), bodySchema))
        : []),
      ...(json ? contractProblems('json', json, fields.json) : []),
    ],
    answer: (value) => (answer ? contractProblems('answer', answer, value) : []),
  }
}

function makeAjv(coerceTypes: boolean): Ajv {
  // Forms and queries are all strings: "600" must pass as an integer, one MediaUrl as a list of one.
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes, logger: false })
  // Its default export is a CommonJS one.
  ;(addFormats as unknown as (ajv: Ajv) => void)(ajv)
  ajv.addFormat('phone-number', /^(\+[1-9]\d{1,14}|\d{3,8}|[a-z]+:.+)$/)
  ajv.addFormat('date-time-rfc-2822', /^\w{3}, \d{1,2} \w{3} \d{4} [\d:]{8} \+0000$/)
  ajv.addFormat('currency', /^[A-Za-z]{3}$/)
  // The list's addresses are relative to the host, whatever the file calls them.
  ajv.addFormat('uri', /^(https?:\/\/\S+|\/\S+)$/)
  ajv.addFormat('int64', true)
  ajv.addFormat('uri-map', true)
  ajv.addFormat('phone-number-capabilities', true)
  ajv.addFormat('http-method', true)
  return ajv
}

function plainFields(fields: URLSearchParams, schema: Json): Json {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, { readonly type?: string }>>
  const plain: Json = {}
  for (const name of new Set(fields.keys())) {
    const values = fields.getAll(name)
    plain[name] = values.length > 1 || properties[name]?.type === 'array' ? values : values[0]
  }
  return plain
}
