import { randomUUID } from 'node:crypto'
import { Ajv } from 'ajv'
import { checkEligibility } from '../../actions/check-eligibility.ts'
import type { Deps } from '../../deps.ts'
import { Problem } from '../../errors.ts'
import type { Answered } from '../answered.ts'
import type { PlainAnswer, PlainDoor } from '../plain-connections.ts'
import type { PlainRequest } from '../plain-request.ts'
import { validatorOptions } from '../validator-options.ts'
import type { Authenticated } from './authenticate.ts'
import { isJson } from './contract-door.ts'
import { type EligibilityBody, eligibilityBody, eligibilityRoute } from './eligibility.ts'
import type { Entrance } from './entrance.ts'
import { contractAnswer } from './errors.ts'
import { type HeldNonces, refusalAfterBurning } from './held-nonces.ts'
import { namedFields } from './named-fields.ts'
import { strictJson } from './strict-json.ts'

const targetPattern = /^\/api\/account\/([0-9]{1,20})\/eligibility\?v=2\.0(&explain=true)?$/

interface Opened {
  readonly authenticated: Authenticated
  readonly body: EligibilityBody
  readonly explain: boolean
}

/**
 * The short way to eligibility, for requests that are right: the same admission, count and action as the route's, without
 * the framework between. Whatever is wrong before the request counts goes the route's way and is refused there; this way
 * has no refusals of its own but the action's, and a database that does not answer: the route would wait for it again.
 */
export function plainEligibility(
  deps: Deps,
  { entrance, nonces, answered }: { entrance: Entrance; nonces: HeldNonces; answered(request: Answered): void },
): PlainDoor {
  const isBody = new Ajv(validatorOptions).compile<EligibilityBody>(eligibilityBody)

  /** Null: something is wrong. Rejected with what is no fault of the request. */
  const open = (
    requestId: string,
    request: PlainRequest,
    target: RegExpExecArray,
  ): Opened | null | Promise<Opened | null> => {
    try {
      const asked = { id: requestId, method: 'POST', target: request.target, authorization: request.authorization }
      const admitted = entrance.admit(asked, target[1]!)
      return admitted instanceof Promise
        ? admitted.then((known) => read(request, known, target), wrongOrThrow)
        : read(request, admitted, target)
    } catch {
      return null
    }
  }

  const read = (request: PlainRequest, admitted: Authenticated, target: RegExpExecArray): Opened | null => {
    try {
      if (!admitted.caller.privileges.includes('ivr.engagement')) return null
      if (admitted.bodyMatches?.(request.body) === false) return null
      const body = strictJson(request.body)
      return isBody(body) ? { authenticated: admitted, body, explain: target[2] !== undefined } : null
    } catch {
      return null
    }
  }

  const answer = async (requestId: string, since: number, opened: Opened): Promise<PlainAnswer> => {
    const { authenticated, body, explain } = opened
    const { caller, account, nonce } = authenticated
    try {
      await entrance.count(account, performance.now() - since)
      const elapsedMs = performance.now() - since
      const input = { ...namedFields(eligibilityBody, body), explain, elapsedMs, nonce }
      const { availableChannels, recommendedChannelName, eligible, callId, reasons, partial } = await checkEligibility(
        deps,
        caller,
        input,
      )
      // In the order that the published answer has.
      const decided = { availableChannels, recommendedChannelName, eligible, callId, reasons, partial }
      return told(requestId, since, { status: 200, headers: {}, body: JSON.stringify(decided) })
    } catch (error) {
      const refusal = await refusalAfterBurning(() => nonces.burnHeld(nonce), error)
      return refused(requestId, since, refusal, body)
    }
  }

  const refused = (requestId: string, since: number, error: unknown, body: unknown): PlainAnswer => {
    const refusal = contractAnswer(deps, error, { requestId, route: eligibilityRoute, body })
    return told(requestId, since, { ...refusal, body: JSON.stringify(refusal.body) })
  }

  const told = (requestId: string, since: number, answer: PlainAnswer): PlainAnswer => {
    const milliseconds = performance.now() - since
    answered({
      requestId,
      route: eligibilityRoute,
      method: 'POST',
      status: answer.status,
      milliseconds,
      countedOnly: true,
    })
    return answer
  }

  return (request) => {
    const since = performance.now()
    const target = targetPattern.exec(request.target)
    if (target === null || !isJson(request.contentType)) return null
    const requestId = randomUUID()
    const opened = open(requestId, request, target)
    if (opened instanceof Promise)
      return opened.then(
        (late) => (late === null ? null : answer(requestId, since, late)),
        (error) => refused(requestId, since, error, undefined),
      )
    return opened === null ? null : answer(requestId, since, opened)
  }
}

/** A refusal is the route's to tell; @throws anything else. */
function wrongOrThrow(error: unknown): null {
  if (error instanceof Problem) return null
  throw error
}
