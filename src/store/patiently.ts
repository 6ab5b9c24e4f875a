import { sqlState } from './sql-state.ts'

/** Two callbacks that wait for each other are told so by the database; the one it ends tries again. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries >= 4 || !['40001', '40P01'].includes(sqlState(error))) throw error
    }
  }
}
