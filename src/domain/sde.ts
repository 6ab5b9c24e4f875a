import { type Static, type TSchema, Type } from 'typebox'
import { isRecord, isStorable } from './outside-data.ts'

/*
 * Structured data elements: what the IVR knows of the consumer, shown to the agent. All fields of the platform's own
 * format (reference: engagement attributes). Readings where it says nothing:
 *  - personal data may stand under `info` (the published examples) or `personal` (the platform); where both have a
 *    field, `personal` wins;
 *  - several entities of one type are merged field by field, the later one wins: nothing a brand sent is lost;
 *  - unknown fields are ignored, that is, not kept: agents see a closed set, and nobody's surprise is stored;
 *  - another type of entity is refused by name: the API takes `ctmrinfo` and `personal`;
 *  - gender and phoneType are read without regard to case; gender may be the platform's number 0, 1 or 2.
 */

const text = Type.Optional(Type.String({ maxLength: 50_000 }))
const integer = Type.Optional(Type.Integer())
const date = Type.Optional(Type.Object({ year: integer, month: integer, day: integer }))

const phoneTypes = ['HOME', 'MOBILE', 'WORK', 'FAX', 'MAIN', 'HOME_FAX', 'WORK_FAX', 'PAGER', 'OTHER'] as const
/** The index is the platform's number. */
const genders = ['MALE', 'FEMALE', 'OTHER'] as const

export const ctmrinfoSchema = Type.Object({
  ctype: text,
  cstatus: text,
  balance: Type.Optional(Type.Number()),
  currency: text,
  customerId: text,
  socialId: text,
  imei: text,
  userName: text,
  companySize: integer,
  companyBranch: text,
  accountName: text,
  role: text,
  lastPaymentDate: date,
  registrationDate: date,
  loginStatus: integer,
  storeZipCode: text,
  storeNumber: text,
})

export const personalSchema = Type.Object({
  firstname: text,
  lastname: text,
  age: Type.Optional(Type.Object({ age: integer, year: integer, month: integer, day: integer })),
  contacts: Type.Optional(
    Type.Array(
      Type.Object({
        email: text,
        phone: text,
        phoneType: Type.Optional(Type.Unsafe<(typeof phoneTypes)[number]>({ enum: [...phoneTypes] })),
        address: Type.Optional(Type.Object({ country: text, region: text })),
      }),
    ),
  ),
  gender: Type.Optional(Type.Unsafe<(typeof genders)[number]>({ enum: [...genders, 0, 1, 2] })),
  language: text,
  company: text,
})

/** The body's `sdes` as the API describes it. `parseSdes` checks it: its faults name the field, a union's would not. */
export const sdesSchema = Type.Array(
  Type.Union([
    Type.Object({ type: Type.Literal('ctmrinfo'), info: Type.Optional(ctmrinfoSchema) }),
    Type.Object({
      type: Type.Literal('personal'),
      info: Type.Optional(personalSchema),
      personal: Type.Optional(personalSchema),
    }),
  ]),
  {
    description:
      'What the IVR knows of the consumer, for the agent. Personal data may stand under `info` or `personal`.',
  },
)

/** Structured data elements as stored: `info` of the published examples is normalised to the platform's own `personal`. */
export interface Sdes {
  readonly ctmrinfo: Readonly<Static<typeof ctmrinfoSchema>> | null
  readonly personal: Readonly<Static<typeof personalSchema>> | null
}

/**
 * @param raw the body's `sdes`; undefined means that none were sent.
 * @returns the elements (null when there are none), or every fault: "sdes[0].info.balance must be a number".
 */
export function parseSdes(raw: unknown): { sdes: Sdes | null; faults: readonly string[] } {
  if (raw === undefined) return { sdes: null, faults: [] }
  if (!Array.isArray(raw)) return { sdes: null, faults: ['sdes must be an array'] }
  const faults: string[] = []
  let ctmrinfo = null as Sdes['ctmrinfo']
  let personal = null as Sdes['personal']
  for (const [index, entity] of raw.entries()) {
    const at = `sdes[${index}]`
    const part = (schema: TSchema, name: 'info' | 'personal') =>
      entity[name] === undefined ? {} : (read(schema, entity[name], `${at}.${name}`, faults) as object)
    if (!isRecord(entity)) faults.push(`${at} must be an object`)
    else if (entity.type === 'ctmrinfo') ctmrinfo = { ...ctmrinfo, ...part(ctmrinfoSchema, 'info') }
    else if (entity.type === 'personal') {
      personal = { ...personal, ...part(personalSchema, 'info'), ...part(personalSchema, 'personal') }
    } else faults.push(`${at}.type must be ctmrinfo or personal`)
  }
  const none = faults.length > 0 || (ctmrinfo === null && personal === null)
  return { sdes: none ? null : { ctmrinfo, personal }, faults }
}

/** What the reader below needs to know of a schema: TypeBox gives each kind another type. */
interface Shape {
  readonly type?: string
  readonly enum?: readonly (string | number)[]
  readonly maxLength?: number
  readonly items?: TSchema
  readonly properties?: Readonly<Record<string, TSchema>>
}

/** The part of `value` that `schema` knows; what is wrong goes to `faults`, named by where it stands. */
function read(schema: TSchema, value: unknown, at: string, faults: string[]): unknown {
  const shape = schema as Shape
  const wrong = (what: string) => void faults.push(`${at} must be ${what}`)
  if (shape.enum !== undefined) {
    const isNumber = typeof value === 'number' && shape.enum.includes(value)
    const word = isNumber ? genders[value] : typeof value === 'string' ? value.toUpperCase() : undefined
    return word !== undefined && shape.enum.includes(word) ? word : wrong(`one of ${shape.enum.join(', ')}`)
  }
  switch (shape.type) {
    case 'string':
      if (typeof value !== 'string') return wrong('a string')
      if (value.length > shape.maxLength!) return wrong(`at most ${shape.maxLength} characters long`)
      return isStorable(value) ? value : wrong('text without NUL and broken characters')
    case 'number':
      return Number.isFinite(value) ? value : wrong('a number')
    case 'integer':
      return Number.isSafeInteger(value) ? value : wrong('a whole number')
    case 'array':
      if (!Array.isArray(value)) return wrong('an array')
      return value.map((item, index) => read(shape.items!, item, `${at}[${index}]`, faults))
    default: {
      if (!isRecord(value)) return wrong('an object')
      const known: Record<string, unknown> = {}
      for (const [name, member] of Object.entries(shape.properties!)) {
        if (Object.hasOwn(value, name)) known[name] = read(member, value[name], `${at}.${name}`, faults)
      }
      return known
    }
  }
}
