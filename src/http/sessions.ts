import { isIPv6 } from 'node:net'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { readSession } from '../actions/read-session.ts'
import { signIn } from '../actions/sign-in.ts'
import { signOut } from '../actions/sign-out.ts'
import type { Deps } from '../deps.ts'
import { roles } from '../domain/caller.ts'
import { signInLimits } from '../store/sign-in-limits.ts'
import { callerOf } from './callers.ts'
import { problemAnswer } from './problem-answer.ts'
import { requireSession } from './require-session.ts'
import { sameSite } from './same-site.ts'
import { sessionCookies } from './session-cookies.ts'

const signInBody = Type.Object({
  email: Type.String({ minLength: 3, maxLength: 254, pattern: '^[^\\s\\u0000-\\u001f@]+@[^\\s\\u0000-\\u001f@]+$' }),
  password: Type.String({ minLength: 1, maxLength: 256 }),
  accountId: Type.Optional(Type.String({ pattern: '^[0-9]{1,20}$' })),
})

const sessionAnswer = Type.Object({
  accountId: Type.String(),
  accountTitle: Type.String(),
  userId: Type.String(),
  name: Type.String(),
  email: Type.String(),
  role: Type.Enum(roles),
  skills: Type.Array(Type.Object({ skillId: Type.String(), name: Type.String() })),
  acts: Type.Array(Type.String(), { description: 'What this person may do.' }),
  sandbox: Type.Boolean({
    description: 'The brand is the sandbox’s: it has pretend phones and providers to play with.',
  }),
})

/** Signing in and out with an email and a password. */
export async function sessions(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  const cookies = sessionCookies(deps)
  const limits = signInLimits(deps.config.processes === 'several' ? deps.db : null)

  await app.register(async (scope) => {
    await sameSite(scope, deps)
    const routes = scope.withTypeProvider<TypeBoxTypeProvider>()

    routes.post(
      '/api/session',
      {
        schema: {
          tags: ['session'],
          summary: 'Sign in',
          description: 'Sets the session cookie. The account is needed only by those who have a user in several.',
          body: signInBody,
          response: {
            204: Type.Null({ description: 'Signed in; the session is in the cookie.' }),
            '4xx': problemAnswer,
          },
        },
      },
      async (request, reply) => {
        const { email, password, accountId = null } = request.body
        const tokens = await signIn(
          deps,
          limits,
          { email, password, accountId },
          {
            network: networkOf(request.ip),
            browserToken: cookies.browser(request),
            sessionToken: cookies.session(request),
          },
        )
        cookies.set(reply, tokens)
        return reply.code(204).send(null)
      },
    )

    routes.delete(
      '/api/session',
      {
        schema: {
          tags: ['session'],
          summary: 'Sign out',
          response: { 204: Type.Null({ description: 'Signed out, or was not signed in.' }), '4xx': problemAnswer },
        },
      },
      async (request, reply) => {
        await signOut(deps, cookies.session(request))
        cookies.clear(reply)
        return reply.code(204).send(null)
      },
    )
  })

  await app.register(async (scope) => {
    await requireSession(scope, deps)
    scope.withTypeProvider<TypeBoxTypeProvider>().get(
      '/api/session',
      {
        schema: {
          tags: ['session'],
          summary: 'Who is signed in',
          response: { 200: sessionAnswer, '4xx': problemAnswer },
        },
      },
      async (request) => readSession(deps, callerOf(request, 'user')),
    )
  })
}

/** An IPv6 customer has at least a network of 64 bits, and could take a new address for every try. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped !== null) return mapped[1]!
  if (!isIPv6(ip)) return ip
  const [head = '', tail] = ip.split('%', 1)[0]!.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
