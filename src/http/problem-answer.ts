import { Type } from 'typebox'

/** What every refusal looks like, everywhere but at the published doors (see `problems.ts`); for a route's `4xx`. */
export const problemAnswer = Type.Object(
  {
    type: Type.String(),
    title: Type.String({ description: 'A sentence for a person.' }),
    status: Type.Integer(),
    code: Type.String({ description: 'For programs; docs/errors.md explains each.' }),
    details: Type.Optional(Type.Array(Type.String(), { description: 'What is wrong, in plain words.' })),
    requestId: Type.String(),
  },
  { description: 'Refused (RFC 9457, application/problem+json).' },
)
