import type { DbOrTx } from './db.ts'

/**
 * What the pretend provider of a brand does: as it should; takes its time; refuses every message; or delivers and never
 * tells. Kept in the database, since the process that is asked need not be the one that was told.
 */
export const simulatorBehaviours = ['normal', 'slow', 'refuse', 'drop-receipts'] as const
export type SimulatorBehaviour = (typeof simulatorBehaviours)[number]

export async function readSimulatorBehaviour(db: DbOrTx, accountId: string): Promise<SimulatorBehaviour> {
  const [row] = await db<{ behaviour: SimulatorBehaviour }[]>`
    select behaviour from simulator_behaviours where account_id = ${accountId}`
  return row?.behaviour ?? 'normal'
}

export async function putSimulatorBehaviour(
  db: DbOrTx,
  accountId: string,
  behaviour: SimulatorBehaviour,
): Promise<void> {
  await db`
    insert into simulator_behaviours (account_id, behaviour) values (${accountId}, ${behaviour})
    on conflict (account_id) do update set behaviour = excluded.behaviour`
}
