import { IconCircleCheck, IconCircleX, IconMinus } from '@tabler/icons-react'
import type { Answer } from '../api.ts'
import { channelWords } from '../workspace/lists.ts'
import names from './eligibility.module.css'

type Rule = Answer<'POST /api/admin/accounts/{accountId}/eligibility-test'>['rules'][number]

const sources = { configuration: 'settings', records: 'our records', provider: 'the provider' }

/** Every rule in the order in which it counts: of the call, then of each channel. */
export function RuleList({ rules }: { rules: readonly Rule[] }) {
  const groups = [...new Set(rules.map(({ channel }) => channel))]
  return (
    <>
      {groups.map((channel) => (
        <section key={channel} className={names.group}>
          <h2>{channel === null ? 'The call' : channelWords[channel]}</h2>
          <ul>
            {rules
              .filter((one) => one.channel === channel)
              .map(({ rule, passed, sentence, source, ms }) => {
                const Icon = passed === null ? IconMinus : passed ? IconCircleCheck : IconCircleX
                return (
                  <li key={rule} data-passed={String(passed)}>
                    <Icon size={18} stroke={1.6} aria-hidden />
                    <span className={names.verdictWord}>
                      {passed === null ? 'not looked at' : passed ? 'pass' : 'fail'}
                    </span>
                    <span className={names.sentence}>{sentence}</span>
                    <span className={names.source}>{sources[source]}</span>
                    <span className={names.ms}>{passed === null ? '' : `${ms.toFixed(1)} ms`}</span>
                  </li>
                )
              })}
          </ul>
        </section>
      ))}
    </>
  )
}
