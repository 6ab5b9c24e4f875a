import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import type { Problem } from '../../errors.ts'
import { signingKeys } from '../../store/signing-keys.ts'
import type { Answered } from '../answered.ts'
import { plainConnections } from '../plain-connections.ts'
import { appJwts } from './app-jwt.ts'
import { contractDoor } from './contract-door.ts'
import { domainLookup } from './domain-lookup.ts'
import { eligibility } from './eligibility.ts'
import { entrance as makeEntrance } from './entrance.ts'
import { answerContractProblem } from './errors.ts'
import { heldNonces } from './held-nonces.ts'
import { invite } from './invite.ts'
import { jwks } from './jwks.ts'
import { plainEligibility } from './plain-eligibility.ts'
import { token } from './token.ts'

/**
 * The IVR's doors: the published Connect to Messaging v2 API, the tokens it is called with, and the lookup of the host.
 * @param options.problemOfPath tells "no such path" from "not by this method".
 */
export function ivr(
  app: FastifyInstance,
  options: { deps: Deps; answered: (request: Answered) => void; problemOfPath: (request: FastifyRequest) => Problem },
): void {
  const { deps } = options
  const keys = signingKeys(deps.db, deps.cipher, deps.clock)
  const jwts = appJwts(keys, deps.clock)
  const entrance = makeEntrance(deps, jwts)
  const nonces = heldNonces(deps)
  const closeIdle = plainConnections(
    app.server,
    plainEligibility(deps, { entrance, nonces, answered: options.answered }),
  )
  app.addHook('preClose', (done) => {
    closeIdle()
    done()
  })

  app.register(
    async (account) => {
      account.setErrorHandler((error, request, reply) => answerContractProblem(deps, error, request, reply))
      account.setNotFoundHandler((request) => {
        throw options.problemOfPath(request)
      })
      domainLookup(account, { deps })
      account.register(async (contract) => {
        contractDoor(contract, { deps, entrance, nonces })
        eligibility(contract, { deps, nonces })
        invite(contract, { deps })
      })
    },
    { prefix: '/api/account' },
  )

  app.register(
    async (sentinel) => {
      jwks(sentinel, { keys })
      sentinel.register(async (tokens) => token(tokens, { deps, jwts }))
    },
    { prefix: '/sentinel' },
  )
}
