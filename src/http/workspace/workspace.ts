import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { requireSession } from '../require-session.ts'
import { conversationDeeds } from './conversation-deeds.ts'
import { conversations } from './conversations.ts'
import { live } from './live.ts'
import { media } from './media.ts'
import { queue } from './queue.ts'
import { routingDeeds } from './routing-deeds.ts'
import { snapshot } from './snapshot.ts'
import { stream } from './stream.ts'
import { transactionSearch } from './transaction-search.ts'
import { transactions } from './transactions.ts'
import { uploads } from './uploads.ts'
import { workAids } from './work-aids.ts'

/** The agents' door: people who are signed in. */
export async function workspace(scope: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  await requireSession(scope, deps)
  snapshot(scope, deps)
  stream(scope, deps)
  queue(scope, deps)
  conversations(scope, deps)
  conversationDeeds(scope, deps)
  routingDeeds(scope, deps)
  workAids(scope, deps)
  live(scope, deps)
  await scope.register(uploads, { deps })
  media(scope, deps)
  transactions(scope, deps)
  transactionSearch(scope, deps)
}
