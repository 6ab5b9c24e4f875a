import type { Answer } from '../api.ts'

/** A number that the pretend caller can dial. */
export type Line = Answer<'GET /simulator/lines'>['lines'][number]
export type Channel = Line['channels'][number]

/** One request to the published API, as the pretend IVR made it. */
export type IvrExchange = Answer<'POST /simulator/calls'>['exchange']

/** What the server recorded of the call so far. */
export type CallRecord = Answer<'GET /simulator/calls/{callId}'>

export type PhoneMessage = Answer<'GET /simulator/phones/{number}/messages'>[number]

export type Behaviour = Answer<'GET /simulator/provider'>['behaviour']
