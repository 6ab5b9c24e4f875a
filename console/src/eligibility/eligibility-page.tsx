import { Alert, Button, Select, TextInput } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useConfig } from '../admin/use-config.ts'
import { api } from '../api.ts'
import { useMay, useSession } from '../session.ts'
import { PageBody } from '../ui/page-body.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Problem } from '../ui/problem.tsx'
import { channelWords } from '../workspace/lists.ts'
import names from './eligibility.module.css'
import { RuleList } from './rule-list.tsx'

/** What an IVR would be answered for a number just now, rule by rule. Nothing is stored, nobody is written to. */
export function EligibilityPage() {
  const { accountId } = useSession()
  const may = useMay()
  const readsHandoffs = may('handoffs.read')
  const handoffs = useConfig('handoffs', { enabled: readsHandoffs })
  const skills = useConfig('skills')
  const [given, setGiven] = useState({ phone: '', handoffId: '', skill: '', consumerId: '' })
  const change = (part: Partial<typeof given>) => setGiven((before) => ({ ...before, ...part }))
  const all = handoffs.data?.handoffs ?? []
  const engaged = (skills.data?.skills ?? []).filter(({ engaged: on }) => on)
  const handoffId = given.handoffId !== '' ? given.handoffId : (all.find(({ enabled }) => enabled)?.handoffId ?? '')
  const handoff = all.find((one) => one.handoffId === handoffId)
  const usable = engaged.filter(({ name }) => handoff?.skills?.includes(name) ?? true)
  const skill = given.skill !== '' ? given.skill : (usable[0]?.name ?? '')
  const inApp = handoff === undefined || handoff.channels.some(({ channel }) => channel === 'inapp')
  const test = useMutation({
    mutationFn: () =>
      api('POST /api/admin/accounts/{accountId}/eligibility-test', {
        params: { accountId },
        body: {
          phone: given.phone.trim(),
          handoffId,
          skill,
          ...(given.consumerId.trim() === '' ? {} : { consumerId: given.consumerId.trim() }),
        },
      }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    test.mutate()
  }
  return (
    <PageBody>
      <PageHeader
        title="Eligibility tester"
        purpose="What an IVR would be answered for a number just now, and why. Nothing is stored and nobody is written to."
      />
      <form className={names.form} onSubmit={submit}>
        <TextInput
          label="Consumer’s number"
          placeholder="+1 206 555 0100"
          type="tel"
          required
          autoComplete="off"
          value={given.phone}
          onChange={({ currentTarget: { value } }) => change({ phone: value })}
        />
        {readsHandoffs ? (
          <Select
            label="Handoff"
            required
            searchable
            allowDeselect={false}
            nothingFoundMessage="No handoff has this name"
            disabled={handoffs.data === undefined}
            data={all.map((one) => ({
              value: one.handoffId,
              label: one.enabled ? one.title : `${one.title} (switched off)`,
            }))}
            value={handoffId === '' ? null : handoffId}
            onChange={(next) => change({ handoffId: next ?? '' })}
          />
        ) : (
          <TextInput
            label="Handoff id"
            placeholder="H000000000000001"
            required
            autoComplete="off"
            value={given.handoffId}
            onChange={({ currentTarget: { value } }) => change({ handoffId: value.trim() })}
          />
        )}
        <Select
          label="Skill"
          required
          allowDeselect={false}
          disabled={skills.data === undefined}
          data={usable.map(({ name }) => name)}
          value={skill === '' ? null : skill}
          onChange={(next) => change({ skill: next ?? '' })}
        />
        {inApp && (
          <TextInput
            label="Consumer’s id in the app"
            description="Only for in-app"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="off"
            value={given.consumerId}
            onChange={({ currentTarget: { value } }) => change({ consumerId: value })}
          />
        )}
        <Button type="submit" loading={test.isPending}>
          Test
        </Button>
      </form>
      {[handoffs.error, skills.error, test.error].map(
        // biome-ignore lint/suspicious/noArrayIndexKey: three places, always the same
        (error, place) => error !== null && <Problem key={place} error={error} />,
      )}
      <div aria-live="polite">
        {test.data !== undefined && (
          <>
            <Alert
              className={names.verdict!}
              color={test.data.eligible ? 'teal' : 'red'}
              variant="light"
              icon={
                test.data.eligible ? <IconCircleCheck size={18} stroke={1.6} /> : <IconCircleX size={18} stroke={1.6} />
              }
              title={test.data.eligible ? 'Eligible' : 'Not eligible'}
            >
              {test.data.eligible
                ? `The caller would be offered ${test.data.availableChannels.map((one) => channelWords[one]).join(', else ')}.`
                : test.data.problem === null
                  ? 'The caller would not be offered messaging; the IVR goes on as before.'
                  : `The IVR would be refused: ${test.data.problem}.`}{' '}
              Decided in {test.data.totalMs.toFixed(1)} ms.
            </Alert>
            <RuleList rules={test.data.rules} />
          </>
        )}
      </div>
    </PageBody>
  )
}
