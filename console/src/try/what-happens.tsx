import { Anchor } from '@mantine/core'
import { IconArrowRight, IconCheck, IconMinus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useMay } from '../session.ts'
import { ExchangeView } from '../transactions/exchange-view.tsx'
import { journeyOf } from '../transactions/journey.ts'
import { JourneyRow } from '../transactions/journey-row.tsx'
import { StepRow } from '../transactions/step-row.tsx'
import stepNames from '../transactions/transactions.module.css'
import { formatPhone } from '../ui/format-phone.ts'
import { channelWords } from '../workspace/lists.ts'
import { useCall } from './call-store.ts'
import { curlOf } from './curl.ts'
import { ProviderSwitch } from './provider-switch.tsx'
import type { Channel, IvrExchange } from './shapes.ts'
import names from './try.module.css'
import { useCallRecord } from './use-network.ts'

/** What the server did for the call on the phone, step by step; what went over the network can be opened. */
export function WhatHappens() {
  const call = useCall()
  const may = useMay()
  const record = useCallRecord(call.callId)
  const rows = journeyOf(record?.steps ?? [], record?.exchanges ?? [])
  const asked = call.asked.map((one) => ({ kind: 'asked', at: one.exchange.at, ...one }) as const)
  const all = [...asked, ...rows].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const list = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each new row
  useEffect(() => {
    const { current } = list
    if (current !== null && current.querySelector('details[open]') === null) current.scrollTop = current.scrollHeight
  }, [all.length])

  return (
    <section className={names.column} aria-labelledby="what-happens">
      <div className={names.columnHead}>
        <h2 id="what-happens">What happens</h2>
        {call.callId !== null && may('transactions.read') && (
          <Anchor component={Link} to={`/transactions/${call.callId}`} size="sm" className={names.onwards!}>
            Open the transaction <IconArrowRight size={14} stroke={1.6} aria-hidden />
          </Anchor>
        )}
      </div>
      <div className={names.scrolls} ref={list}>
        {call.phase === 'idle' ? (
          <p className={names.nothingYet}>
            Call a number on the phone. Each step stands here as it happens: the requests of the telephone menu, the
            provider’s answers, the reply.
          </p>
        ) : (
          <ol className={stepNames.steps} aria-live="polite" aria-relevant="additions">
            <StepRow
              at={new Date(call.startedAt).toISOString()}
              tone="plain"
              words={`Call to ${formatPhone(call.dialled)}`}
            />
            {all.map((row) =>
              row.kind === 'asked' ? (
                <AskedRow key={row.name} name={row.name} exchange={row.exchange} channels={call.line?.channels ?? []} />
              ) : (
                <JourneyRow
                  key={`${row.at} ${row.kind === 'step' ? row.step.step : `${row.exchange.direction} ${row.exchange.durationMs}`}`}
                  row={row}
                />
              ),
            )}
          </ol>
        )}
      </div>
      <ProviderSwitch />
    </section>
  )
}

interface EligibilityAnswer {
  readonly eligible?: boolean
  readonly availableChannels?: readonly string[]
  readonly reasons?: readonly { readonly channel: string | null; readonly message: string }[]
}

function AskedRow({
  name,
  exchange,
  channels,
}: {
  name: 'eligibility' | 'invite'
  exchange: IvrExchange
  channels: readonly Channel[]
}) {
  const { at, method, url, body, status, answer, ms } = exchange
  const { eligible, availableChannels = [], reasons = [] } = answer as EligibilityAnswer
  return (
    <StepRow
      at={at}
      tone={status !== 200 ? 'bad' : name === 'eligibility' && eligible === false ? 'warn' : 'good'}
      wire
      words={name}
      numbers={`${status} · ${ms} ms`}
      more={
        name === 'eligibility' && status === 200 ? (
          <div>
            <span className={names.channels}>
              {channels.map((channel) => {
                const yes = availableChannels.includes(channel)
                const Icon = yes ? IconCheck : IconMinus
                return (
                  <span key={channel}>
                    {channelWords[channel]}
                    <Icon size={14} stroke={2} aria-hidden />
                    <span className="visually-hidden">{yes ? ' available' : ' not available'}</span>
                  </span>
                )
              })}
            </span>
            {reasons.map(({ channel, message }) => (
              <span key={`${channel} ${message}`} className={names.reason}>
                {message}
              </span>
            ))}
          </div>
        ) : (
          ''
        )
      }
    >
      <ExchangeView
        method={method}
        url={url}
        request={body}
        status={status}
        answer={answer}
        curl={curlOf({ url, body })}
      />
    </StepRow>
  )
}
