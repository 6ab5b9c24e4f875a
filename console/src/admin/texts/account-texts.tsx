import { useMay } from '../../session.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { RequiredNumber } from '../../ui/required-number.tsx'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import names from '../admin.module.css'
import { SaveBar } from '../save-bar.tsx'
import { Section } from '../section.tsx'
import { useSaveSettings } from '../settings/save-settings.ts'
import type { Settings } from '../shapes.ts'
import { isUnread, useConfig } from '../use-config.ts'
import { useDraft } from '../use-draft.ts'
import { AutoTextFields } from './auto-text-fields.tsx'
import { textChange } from './text-change.ts'

/** The automatic texts of every skill that has none of its own. */
export function AccountTexts() {
  const settings = useConfig('settings')
  if (isUnread(settings)) return <ErrorState error={settings.error} retry={() => void settings.refetch()} />
  if (settings.data === undefined) return <RowsSkeleton rows={4} height={72} />
  return <Form settings={settings.data} />
}

function Form({ settings }: { settings: Settings }) {
  const may = useMay()
  const { texts, waitingAfterMinutes } = settings
  const draft = useDraft({ ...texts, waitingAfterMinutes })
  const save = useSaveSettings()
  const store = () => {
    const sent = draft.changes
    save.mutate(textChange(sent), {
      onSuccess: () => {
        draft.settle(sent)
        toast({ text: 'The texts are saved.' })
      },
    })
  }
  return (
    <>
      <fieldset disabled={!may(settings.saved ? 'settings.change' : 'settings.create')} className={names.fieldset}>
        <legend className="visually-hidden">Automatic texts</legend>
        <Section
          title="Automatic texts"
          about="At most three an hour and ten a day to one consumer. A skill can have its own."
        >
          <AutoTextFields texts={draft.value} usual={null} onChange={draft.set} />
          <RequiredNumber
            label="Minutes until the text for those who wait"
            min={1}
            max={1_440}
            value={draft.value.waitingAfterMinutes}
            onChange={(waitingAfterMinutes) => draft.set({ waitingAfterMinutes })}
          />
        </Section>
      </fieldset>
      <SaveBar draft={draft} save={save} onSave={store} />
    </>
  )
}
