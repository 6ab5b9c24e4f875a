import { type Answer, alteredAnswer } from '../messaging/answers.ts'
import type { ApiFault } from './faults.ts'
import type { World } from './world.ts'

export type { Answer }

/** Stand with every answer, unless it has others: the date is of the simulator's clock. */
export const answerHeaders = (world: World): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
  date: world.now().toUTCString(),
})

const sentences: Readonly<Record<number, string>> = {
  20003: 'Authenticate',
  20404: 'The requested resource was not found',
  20429: 'Too many requests',
  20500: 'An internal server error has occurred',
  21610: 'Attempt to send to unsubscribed recipient',
}

/** An error in Twilio's shape. */
export function errorAnswer(code: number, status = 400, message = sentences[code] ?? `Error ${code}`): Answer {
  return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } }
}

/** What an API fault makes of the right answer. */
export function faultyAnswer(fault: ApiFault, right: Answer): Answer {
  if (fault.do !== 'error') return alteredAnswer(fault, right)
  const { status, code = status === 429 ? 20429 : status >= 500 ? 20500 : 20001, retryAfter } = fault
  const answer = errorAnswer(code, status)
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': retryAfter } }
}
