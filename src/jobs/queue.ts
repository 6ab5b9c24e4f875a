import type { DbOrTx } from '../store/db.ts'
import { sendAlong } from '../store/send-along.ts'

/** Every job and what it carries. Ids only: a payload is shown in the operator's tools, so no person's data is in it. */
export interface Jobs {
  /** Hands one message to its provider. Safe to repeat: the attempt's claim decides. */
  'deliver-message': { readonly accountId: string; readonly attemptId: string }
  /** Asks the provider what became of an attempt whose outcome is unknown. */
  'resolve-attempt': { readonly accountId: string; readonly attemptId: string }
  /** An invite's message turned out undeliverable: the next channel goes. */
  'fall-back': { readonly accountId: string; readonly callId: string; readonly messageId: string }
  /** Asks the provider of a WhatsApp sender about its templates. */
  'sync-templates': { readonly accountId: string; readonly senderId: string }
  /** Shows the consumer that their message was read, or that an answer is being written. */
  'mark-read': { readonly accountId: string; readonly messageId: string; readonly shows: 'read' | 'typing' }
  /** Looks at what waits in a brand's queues, and at who could be given it. */
  route: { readonly accountId: string }
  /** Tells a webhook endpoint again what happened from one time (ISO) to another. */
  'replay-webhook': {
    readonly accountId: string
    readonly endpointId: string
    readonly since: string
    readonly until: string
    readonly scope: 'missed' | 'all'
  }
  /** Erases a person; whose erasure it is stands sealed with it. */
  'erase-person': { readonly accountId: string; readonly erasureId: string }
  /** Removes what has outlived its use: nonces, sessions, old exchanges of providers. */
  'clean-up': Record<string, never>
}
export type JobName = keyof Jobs

/**
 * Adds a job inside the caller's database transaction: if that rolls back, the job never was (ADR 0002).
 * @param options.key a job with the same key that has not begun is replaced, so that it runs once.
 * @param options.delaySeconds earliest start from now; default at once.
 */
export async function enqueue<N extends JobName>(
  tx: DbOrTx,
  name: N,
  payload: Jobs[N],
  options: { key?: string; delaySeconds?: number } = {},
): Promise<void> {
  const add = () => tx`
    select graphile_worker.add_job(${name}, payload := ${tx.json(payload as Record<string, string>)}::json, job_key := ${options.key ?? null},
      run_at := now() + make_interval(secs => ${options.delaySeconds ?? 0}), max_attempts := 10)`
  await sendAlong(tx, add)
}
