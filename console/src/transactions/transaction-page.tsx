import { Anchor, Table } from '@mantine/core'
import { IconAlertTriangle, IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { priceInWords } from '../admin/settings/price-amount.ts'
import { type Answer, ApiFailure, api } from '../api.ts'
import { useMay } from '../session.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { formatPhone } from '../ui/format-phone.ts'
import { PageBody } from '../ui/page-body.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { TableBox } from '../ui/table-box.tsx'
import { Time } from '../ui/time.tsx'
import uiNames from '../ui/ui.module.css'
import { channelWords } from '../workspace/lists.ts'
import { journeyOf } from './journey.ts'
import { JourneyRow } from './journey-row.tsx'
import names from './transactions.module.css'

type Transaction = Answer<'GET /api/transactions/{callId}'>

/** One call, step by step, with what was said to the provider. */
export function TransactionPage() {
  const { callId } = useParams({ strict: false }) as { callId: string }
  const transaction = useQuery({
    queryKey: ['transaction', callId],
    queryFn: ({ signal }) => api('GET /api/transactions/{callId}', { params: { callId }, signal }),
  })
  const missing = transaction.error instanceof ApiFailure && transaction.error.status === 404
  return (
    <PageBody>
      <PageHeader
        title="Transaction"
        purpose="The journey of one call. What was said to a provider is shown as it was kept: without secrets, numbers and texts."
        back={
          <Anchor component={Link} to="/transactions" size="sm" c="var(--accent-text)">
            <IconArrowLeft size={14} stroke={1.6} aria-hidden /> Transactions
          </Anchor>
        }
      />
      {transaction.data !== undefined ? (
        <Shown transaction={transaction.data} />
      ) : missing ? (
        <EmptyState title="There is no such call">It may have been deleted, or the id is mistyped.</EmptyState>
      ) : transaction.error !== null ? (
        <ErrorState error={transaction.error} retry={() => void transaction.refetch()} />
      ) : (
        <RowsSkeleton />
      )}
    </PageBody>
  )
}

const word = (channel: string) => channelWords[channel as keyof typeof channelWords] ?? channel

function Shown({ transaction }: { transaction: Transaction }) {
  const may = useMay()
  const { callId, consumerPhone, handoff, skill, routedSkill, ivrNumber, channel, conversationId, error } = transaction
  const { availableChannels, reasons, firstMessage, overrideMessage, steps, exchanges, attempts, partial } = transaction
  const { variant, cost } = transaction
  const leftOut = reasons
    .map(({ channel: left, code }) => `${left === null ? '' : `${word(left)}: `}${code}`)
    .join(', ')
  const facts: readonly (readonly [string, string])[] = [
    ['Consumer', formatPhone(consumerPhone)],
    ['Called', ivrNumber === null ? 'not told' : formatPhone(ivrNumber)],
    ['Handoff', handoff.title ?? handoff.handoffId],
    [
      'Skill',
      routedSkill === null || routedSkill === skill ? (skill ?? 'none') : `${skill}, replies to ${routedSkill}`,
    ],
    ['Available channels', availableChannels.map(word).join(', ') || 'none'],
    ['Invited on', channel === null ? 'not invited' : word(channel)],
    ...(variant === null ? [] : [['Variant', variant] as const]),
    ...(cost.length === 0
      ? []
      : [
          [
            'Cost',
            cost.map(({ amount, currency }) => priceInWords({ micros: amount, currency })).join(' and '),
          ] as const,
        ]),
    ...(leftOut === '' ? [] : [['Left out', leftOut] as const]),
  ]
  return (
    <>
      <dl className={names.facts}>
        <div>
          <dt>Call id</dt>
          <dd>
            {callId} <CopyButton value={callId} label="Copy the call id" />
          </dd>
        </div>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {conversationId !== null && may('workspace.read') && (
          <div>
            <dt>Conversation</dt>
            <dd>
              <Anchor component={Link} to={`/workspace/${conversationId}`} size="sm" c="var(--accent-text)">
                Open it
              </Anchor>
            </dd>
          </div>
        )}
      </dl>
      {partial && <p className={names.more}>A look-up was too slow for this call and was left out.</p>}
      {error !== null && (
        <section className={names.section}>
          <h2>What went wrong</h2>
          <div className={names.what} data-tone="bad">
            <IconAlertTriangle size={16} stroke={1.8} aria-hidden />
            <span className={names.words}>
              {error.message ?? error.code}
              <div className={names.more}>{[error.source, error.code].filter(Boolean).join(' · ')}</div>
            </span>
          </div>
        </section>
      )}
      <section className={names.section}>
        <h2>Journey</h2>
        {steps.length === 0 && exchanges.length === 0 ? (
          <p>The IVR asked, and nothing came of it.</p>
        ) : (
          <ol className={names.steps}>
            {journeyOf(steps, exchanges).map((row, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the rows of one call are only ever added to at the end
              <JourneyRow key={place} row={row} />
            ))}
          </ol>
        )}
      </section>
      {(overrideMessage ?? firstMessage) !== null && (
        <section className={names.section}>
          <h2>First message</h2>
          <p>{overrideMessage ?? firstMessage}</p>
        </section>
      )}
      {attempts.length > 0 && (
        <section className={names.section}>
          <h2>Attempts to send</h2>
          <Attempts attempts={attempts} />
        </section>
      )}
    </>
  )
}

function Attempts({ attempts }: Pick<Transaction, 'attempts'>) {
  return (
    <TableBox label="Attempts">
      <Table className={uiNames.table!}>
        <Table.Thead>
          <Table.Tr>
            {['Began', 'Channel', 'State', 'Tries', 'Why'].map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {attempts.map(({ attemptId, createdAt, channel, state, tries, failureKind, providerCode, unknownReason }) => (
            <Table.Tr key={attemptId}>
              <Table.Td>
                <Time at={createdAt} />
              </Table.Td>
              <Table.Td>{word(channel)}</Table.Td>
              <Table.Td>{state}</Table.Td>
              <Table.Td>{tries}</Table.Td>
              <Table.Td>
                {[failureKind, providerCode, unknownReason].filter((one) => one !== null).join(' · ')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableBox>
  )
}
