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
 * Adds a job inside the caller's database transaction: if that rolls back, the job never was (ADR 0002). It is flagged with
 * its brand, so that a worker whose places are full of that brand's jobs can pass it over.
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
      run_at := now() + make_interval(secs => ${options.delaySeconds ?? 0}), max_attempts := 10,
      flags := ${flagsOf(payload)}::text[])`
  await sendAlong(tx, add)
}

/** The brand that a job is for; null: none's, or nonsense. */
export function accountOf(payload: unknown): string | null {
  const { accountId } = (payload ?? {}) as { accountId?: unknown }
  return typeof accountId === 'string' ? accountId : null
}

function flagsOf(payload: unknown): string[] | null {
  const accountId = accountOf(payload)
  return accountId === null ? null : [accountId]
}

/** A job as the queue gave it to a worker. */
export interface TakenJob {
  readonly task_identifier: string
  readonly payload: unknown
  readonly key: string | null
  readonly run_at: Date
  /** Tries, this one included. */
  readonly attempts: number
  readonly max_attempts: number
}

/**
 * Puts a job that a worker has taken and not begun back to its place in the queue, with the tries that it had. The worker
 * then ends what it took as done.
 */
export async function putBack(db: DbOrTx, job: TakenJob): Promise<void> {
  await db`
    select graphile_worker.add_job(${job.task_identifier}, payload := ${db.json(job.payload as Record<string, string>)}::json,
      job_key := ${job.key}, run_at := ${job.run_at}, max_attempts := ${Math.max(1, job.max_attempts - job.attempts + 1)},
      flags := ${flagsOf(job.payload)}::text[])`
}
