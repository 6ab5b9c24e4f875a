import type { Deps } from '../deps.ts'
import { enqueue } from '../jobs/queue.ts'
import { recordUnknown } from '../store/attempt-outcomes.ts'
import {
  countUnknownAttempts,
  lockAttempt,
  overdueClaims,
  secondsToLeaseEnd,
  unknownAttemptsDue,
  waitingAttempts,
} from '../store/attempts.ts'
import { atomic } from '../store/db.ts'
import { mendSenders } from '../store/sender-faults.ts'

/** Of one kind in one sweep: a backlog is worked off over several, none of which holds up the others. */
const most = 200

/**
 * The net under the jobs, over all brands: attempts whose holder died or froze become `unknown` and are asked about;
 * waiting ones whose job was lost, and unknown ones that are due, get a job. It only writes and enqueues, so it is quick
 * whatever a provider does, and several processes may sweep at once: each attempt is looked at again under its lock.
 * @returns seconds until the next lease ends, when sweeping again finds it at once; infinite when none runs.
 */
export async function sweepAttempts(deps: Deps): Promise<number> {
  const { db } = deps
  for (const { accountId, attemptId } of await overdueClaims(db, most)) {
    const parked = await atomic(db, async (tx) => {
      const attempt = await lockAttempt(tx, accountId, attemptId)
      return attempt?.state === 'claimed' && attempt.leaseOver && recordUnknown(tx, attempt, 'lease-expired')
    })
    if (parked) deps.log.warn({ accountId, attemptId }, 'the holder of an attempt is gone')
  }
  for (const name of await waitingAttempts(db, most))
    await enqueue(db, 'deliver-message', name, { key: `deliver/${name.attemptId}` })
  for (const name of await unknownAttemptsDue(db, most))
    await enqueue(db, 'resolve-attempt', name, { key: `resolve/${name.attemptId}` })
  deps.metrics.unknownAttempts.set(await countUnknownAttempts(db))
  await mendSenders(db)
  return secondsToLeaseEnd(db)
}
