import { type TObject, Type } from 'typebox'

const meanings: Readonly<Record<number, { description: string; example: Record<string, unknown> }>> = {
  400: {
    description:
      'The request is wrong, or cannot be done as things stand: 1000 body, 1001 phone number, 1002 version, 1200 no internal user, 1201 no internal app, 1300 skill, 1400 cannot be sent, 1500 handoff, 1501 no channel of the handoff, 1600 no settings, 1900 overrideChannel, 1901 overrideSkill.',
    example: { errorCode: 1001, errorMessage: 'Invalid customerPhoneNumber' },
  },
  401: { description: 'No valid credential.', example: { errorCode: 1100, errorMessage: 'Invalid Bearer token' } },
  403: {
    description: 'A valid credential of another account, or without the privilege `ivr.engagement`.',
    example: { errorCode: 1101, errorMessage: 'Not enough privilege to perform this operation' },
  },
  404: {
    description:
      'No such path or call. An account of another region: the header `x-c2m-domain` names the host that serves it.',
    example: { errorCode: 1004, errorMessage: 'Not Found' },
  },
  413: {
    description: 'The body is larger than 64 kB.',
    example: { errorCode: 1000, errorMessage: 'Invalid request' },
  },
  415: {
    description: 'The body is not `application/json` in UTF-8, or is compressed.',
    example: { errorCode: 1015, errorMessage: 'Unsupported Media Type' },
  },
  429: {
    description: 'More requests a second than the brand may make. `Retry-After` says in how many seconds to try again.',
    example: { errorCode: 1029, errorMessage: 'Rate limit hit' },
  },
  500: {
    description: 'A fault of this server (5000 to 7000; HTTP 503 when trying again shortly may help).',
    example: {
      errorCode: 5000,
      errorMessage: 'Internal Server Error',
      requestId: '7d9f0c1e-6f0b-4a55-b3a5-0d6f3f7f4b60',
    },
  },
}

/** The error answers of a contract route as its documentation shows them, one for each HTTP status. */
export function contractErrorResponses(statuses: readonly number[]): Record<number, TObject> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      Type.Object(
        {
          errorCode: Type.Integer({ description: 'The number of the published table; not the HTTP status.' }),
          errorMessage: Type.String(),
          details: Type.Optional(Type.Array(Type.String(), { description: 'What is wrong, in plain words.' })),
          requestId: Type.Optional(Type.String({ description: 'With 5xx: the id to quote.' })),
        },
        { description: meanings[status]!.description, examples: [meanings[status]!.example] },
      ),
    ]),
  )
}
