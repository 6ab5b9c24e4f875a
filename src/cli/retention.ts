import { ConfigProblem, readConfig } from '../config.ts'
import { makePartitions } from '../store/partitions.ts'
import { dropPast, type KeptSpan, keptSpans, type Retention } from '../store/retention.ts'
import { type Command, type Env, exitCodes, Mistake } from './command.ts'
import { onDeploymentDatabase } from './deployment-database.ts'
import { table } from './table.ts'

/** Shows what is kept of every kind of data and until when; `--run` drops now what the server would drop within the hour. */
export const retention: Command = {
  name: 'retention',
  about: 'Show which months and days of data are kept and when they go. With --run drop now what is past its time.',
  options: { run: { about: 'Drop what is past its time, and make the partitions of the months to come.' } },
  async run({ env, given }) {
    const rule = ruleOf(env)
    return onDeploymentDatabase(env, false, async (db) => {
      if (given.run !== true) {
        const spans = await keptSpans(db, rule)
        return {
          json: { rule, spans },
          text: `${ruleText(rule)}\n\n${spansText(spans, 'There are no partitions yet.')}`,
        }
      }
      const made = await makePartitions(db)
      const { dropped, postponed } = await dropPast(db, rule)
      const late =
        postponed.length === 0 ? '' : `\n\nBeing read just now, so not dropped; try again:\n${spansText(postponed, '')}`
      return {
        json: { rule, made, dropped, postponed },
        text: `Dropped:\n${spansText(dropped, 'Nothing was past its time.')}${late}`,
        ...(postponed.length === 0 ? {} : { exitCode: exitCodes.failed }),
      }
    })
  },
}

/** @throws Mistake when a setting is wrong */
function ruleOf(env: Env): Retention {
  try {
    const config = readConfig(env)
    return {
      transactionsMonths: config.retentionTransactionsMonths,
      messagesMonths: config.retentionMessagesMonths,
      exchangesDays: config.retentionExchangesDays,
    }
  } catch (error) {
    throw error instanceof ConfigProblem ? new Mistake(error.message) : error
  }
}

const ruleText = (rule: Retention) =>
  `Kept: transactions ${rule.transactionsMonths} months, messages ${rule.messagesMonths} months, exchanges ${rule.exchangesDays} days.`

const day = (at: Date) => at.toISOString().slice(0, 10)

const spansText = (spans: readonly KeptSpan[], none: string) =>
  table(
    ['KIND', 'FROM', 'TO', 'GOES ON', 'SIZE'],
    spans.map(({ kind, since, until, dueAt, overdue, bytes }) => [
      kind,
      day(since),
      day(until),
      overdue ? `${day(dueAt)} (due)` : day(dueAt),
      `${(bytes / 1_048_576).toFixed(1)} MB`,
    ]),
    none,
  )
