import { Alert, Button, Group, Stack, Stepper } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useMay } from '../../session.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Problem } from '../../ui/problem.tsx'
import names from '../admin.module.css'
import { BackLink } from '../back-link.tsx'
import type { HandoffDraft } from '../shapes.ts'
import { useDraft } from '../use-draft.ts'
import { blankHandoff, missingIn } from './draft-of-channel.ts'
import type { Known } from './edit-handoff.tsx'
import { HandoffPreview, type Look } from './handoff-preview.tsx'
import own from './handoffs.module.css'
import { LimitsFields } from './limits-fields.tsx'
import { MessageCards } from './message-cards.tsx'
import { tellSaved, useSaveHandoff } from './save-handoff.ts'
import { Sentence, type SentenceParts } from './sentence.tsx'
import { TitleField } from './title-field.tsx'

const last = 2

/** A new handoff in three steps; the phone beside them shows it from the first letter on. */
export function NewHandoff({ known }: { known: Known }) {
  const mayAdd = useMay()('handoffs.change')
  const navigate = useNavigate()
  const draft = useDraft<HandoffDraft>(blankHandoff)
  const [step, setStep] = useState(0)
  const [shown, setShown] = useState<Look | null>(null)
  const save = useSaveHandoff()
  const given: SentenceParts = { ...known, draft: draft.value, set: draft.set }
  const missing = missingIn(draft.value)
  if (!mayAdd) return <EmptyState title="Your role cannot add handoffs">An administrator can do it.</EmptyState>
  const add = () =>
    save.mutate(
      { handoffId: null, change: draft.value },
      {
        onSuccess: ({ handoffId, title, warnings }) => {
          draft.clear()
          tellSaved(title, warnings)
          void navigate({ to: '/handoffs/$handoffId', params: { handoffId } as never })
        },
      },
    )
  return (
    <PageBody>
      <PageHeader
        back={<BackLink to="/handoffs">Handoffs</BackLink>}
        title="New handoff"
        purpose="Say it in a sentence, write its messages, look at it once more."
      />
      <form
        className={names.withPreview}
        onSubmit={(event) => {
          event.preventDefault()
          if (step < last) setStep(step + 1)
          else if (missing.length === 0) add()
        }}
      >
        <div>
          <Stepper active={step} onStepClick={setStep} size="sm">
            <Stepper.Step label="Sentence" />
            <Stepper.Step label="Messages" />
            <Stepper.Step label="Check" />
          </Stepper>
          <div className={own.step}>
            <fieldset disabled={save.isPending} className={names.fieldset}>
              <legend className="visually-hidden">The new handoff</legend>
              {step === 0 && (
                <Stack gap="lg">
                  <TitleField draft={draft.value} set={draft.set} />
                  <div className={own.sentenceBox}>
                    <Sentence parts={given} />
                  </div>
                </Stack>
              )}
              {step === 1 && <MessageCards parts={given} onLook={setShown} />}
              {step === last && (
                <Stack gap="lg">
                  <div className={own.sentenceBox}>
                    <Sentence parts={given} readOnly />
                  </div>
                  <LimitsFields draft={draft.value} set={draft.set} />
                  {missing.length > 0 && (
                    <Alert color="yellow" variant="light" title="Not complete yet">
                      {missing.join(' ')}
                    </Alert>
                  )}
                  {save.error !== null && <Problem error={save.error} title="Not added" />}
                </Stack>
              )}
            </fieldset>
          </div>
          <Group justify="flex-end" mt="lg" gap="sm">
            {step > 0 && (
              <Button variant="default" onClick={() => setStep(step - 1)}>
                Back
              </Button>
            )}
            <Button type="submit" disabled={step === last && missing.length > 0} loading={save.isPending}>
              {step < last ? 'Next' : 'Add handoff'}
            </Button>
          </Group>
        </div>
        <HandoffPreview parts={given} shown={shown} onShow={setShown} />
      </form>
    </PageBody>
  )
}
