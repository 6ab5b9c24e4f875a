import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { contractProblems } from '../messaging/contract-problems.ts'

type Json = Readonly<Record<string, unknown>>
type Schema = Json & {
  readonly properties?: Json
  readonly required?: readonly string[]
  readonly allOf?: readonly Json[]
}

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly requestBody?: never; readonly responses: never }>>>
  >
  readonly components: {
    readonly parameters: Readonly<Record<string, { readonly schema: Schema }>>
    readonly schemas: Readonly<Record<string, Schema>>
  }
}

const document = JSON.parse(readFileSync(new URL('openapi/whatsapp.json', import.meta.url), 'utf8')) as Document
const { schemas, parameters } = document.components
const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false })
// Its default export is a CommonJS one.
;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
ajv.addFormat('url', /^https?:\/\/\S+$/)

const compile = (schema: Json): ValidateFunction => ajv.compile({ ...schema, components: { schemas } })

/** Each kind of message with the properties that all have: its own part closes the object, and the base stands beside it. */
const messageKinds: Readonly<Record<string, ValidateFunction>> = Object.fromEntries(
  ['Text', 'Image', 'Video', 'Document', 'Template'].map((kind) => {
    const parts = (schemas[`${kind}Message`]!.allOf ?? []).map((part) => resolved(part))
    const merged = {
      type: 'object',
      properties: Object.assign({}, ...parts.map((part) => part.properties)),
      required: parts.flatMap((part) => part.required ?? []),
      additionalProperties: false,
    }
    return [kind.toLowerCase(), compile(merged)]
  }),
)
const templateBody = compile(at('/{Version}/{WABA-ID}/message_templates', 'post', 'requestBody'))
const sendAnswer = compile(schemas.MessageResponsePayload!)
const templateAnswer = compile(at('/{Version}/{WABA-ID}/message_templates', 'post', 'responses', '200'))
const listAnswer = compile(at('/{Version}/{WABA-ID}/message_templates', 'get', 'responses', '200'))
const deleteAnswer = compile(at('/{Version}/{WABA-ID}/message_templates', 'delete', 'responses', '200'))
const mediaAnswer = compile(at('/{Version}/{Media-ID}', 'get', 'responses', '200'))
const headerFields = {
  authorization: compile(parameters.Authorization!.schema),
  'content-type': compile(parameters.ContentType!.schema),
  'user-agent': compile(parameters.UserAgent!.schema),
} as const

/**
 * What Meta takes and its own file refuses (providers 5.2), each with the change that makes such a request fit the file. A
 * test shows for each that it is needed.
 */
export const falseAlarms = {
  'recipient_type is optional': (body: Json): Json => ({ recipient_type: 'individual', ...body }),
  'recipient stands in place of to for a business-scoped user id': (body: Json): Json => {
    const { recipient, ...rest } = body
    return recipient === undefined ? body : { ...rest, to: recipient }
  },
  'biz_opaque_callback_data is not described': (body: Json): Json => {
    const { biz_opaque_callback_data: _, ...rest } = body
    return rest
  },
  'language.policy is optional': (body: Json): Json =>
    inTemplate(body, (template) => ({
      ...template,
      language: { policy: 'deterministic', ...asJson(template.language) },
    })),
  'the pattern of a button’s index knows no 0 and no 1': (body: Json): Json =>
    inTemplate(body, (template) => ({
      ...template,
      ...(Array.isArray(template.components)
        ? {
            components: template.components.map((part: Json) =>
              typeof part.index === 'string' && /^\d$/.test(part.index) ? { ...part, index: '2' } : part,
            ),
          }
        : {}),
    })),
} as const

/** What in a send is not as Meta's file has it; empty: nothing. Names fields, never their values. `strict`: false alarms too. */
export function checkMessage(body: Json, options: { readonly strict?: boolean } = {}): readonly string[] {
  const fitted = options.strict ? body : Object.values(falseAlarms).reduce((sum, forgive) => forgive(sum), body)
  const kind = String(fitted.type)
  const validate = Object.hasOwn(messageKinds, kind) ? messageKinds[kind]! : undefined
  return validate ? contractProblems('body', validate, fitted) : ['body type is none that the file has']
}

export const checkTemplateBody = (body: unknown): readonly string[] => contractProblems('body', templateBody, body)

/** The query of a deletion. The file demands neither; both together name one template in one language. */
export function checkDeletion(query: URLSearchParams): readonly string[] {
  const { parameters: known } = document.paths['/{Version}/{WABA-ID}/message_templates']!.delete as unknown as {
    readonly parameters: readonly { readonly name?: string; readonly in?: string }[]
  }
  const names = known.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
  return [
    ...[...query.keys()].filter((name) => !names.includes(name)).map((name) => `query ${name} is unknown`),
    ...names.filter((name) => !query.get(name!)).map((name) => `query ${name} is missing`),
  ]
}

/** The request's own headers. The file's pattern for `User-Agent` is one more false alarm: Meta takes any, and none. */
export function checkHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly (keyof typeof headerFields)[],
): readonly string[] {
  return names.flatMap((name) =>
    contractProblems(`header ${name}`, headerFields[name], String(headers[name] ?? '').split(';')[0]),
  )
}

/** The same for answers of the simulator itself. */
export const checkAnswer = {
  send: (body: unknown) => contractProblems('answer', sendAnswer, body),
  'create-template': (body: unknown) => contractProblems('answer', templateAnswer, body),
  'list-templates': (body: unknown) => contractProblems('answer', listAnswer, body),
  'delete-template': (body: unknown) => contractProblems('answer', deleteAnswer, body),
  media: (body: unknown) => contractProblems('answer', mediaAnswer, body),
} as const

function resolved(part: Json): Schema {
  const name = typeof part.$ref === 'string' ? part.$ref.split('/').at(-1)! : undefined
  return name === undefined ? part : schemas[name]!
}

function at(path: string, method: string, ...way: string[]): Json {
  const part = way.reduce((sum, step) => sum[step] as Json, document.paths[path]![method]! as unknown as Json)
  return (part.content as Record<string, { schema: Json }>)['application/json']!.schema
}

const asJson = (value: unknown): Json => (value !== null && typeof value === 'object' ? (value as Json) : {})

function inTemplate(body: Json, change: (template: Json) => Json): Json {
  return body.template === undefined ? body : { ...body, template: change(asJson(body.template)) }
}
