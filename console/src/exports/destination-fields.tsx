import { Group, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import type { ChangeEvent } from 'react'
import type { ScheduleDraft } from './schedule-draft.ts'

/** Where a schedule's files go. The secret is only ever typed in: the server never shows it. */
export function DestinationFields({
  draft,
  hasFolder,
  hasSecret,
  onChange,
}: {
  draft: ScheduleDraft
  hasFolder: boolean
  hasSecret: boolean
  onChange(change: Partial<ScheduleDraft>): void
}) {
  const { bucket } = draft
  const typed = (name: 'endpoint' | 'bucket' | 'region' | 'prefix' | 'accessKeyId') => ({
    value: bucket[name],
    onChange: (event: ChangeEvent<HTMLInputElement>) =>
      onChange({ bucket: { ...bucket, [name]: event.currentTarget.value.trim() } }),
  })
  return (
    <>
      {hasFolder && (
        <SegmentedControl
          aria-label="Where to"
          data={[
            { value: 'folder', label: 'A folder of the server' },
            { value: 'bucket', label: 'A bucket' },
          ]}
          value={draft.to}
          onChange={(to) => onChange({ to: to as ScheduleDraft['to'] })}
        />
      )}
      {draft.to === 'folder' ? (
        <TextInput
          label="Folder"
          description="Below your brand’s own; empty for that one itself."
          maxLength={255}
          placeholder="reporting/daily"
          value={draft.folder}
          onChange={(event) => onChange({ folder: event.currentTarget.value })}
        />
      ) : (
        <>
          <TextInput
            label="Endpoint"
            description="Of any S3-compatible store."
            required
            maxLength={255}
            placeholder="https://s3.eu-west-1.amazonaws.com"
            {...typed('endpoint')}
          />
          <Group grow align="flex-start">
            <TextInput label="Bucket" required maxLength={63} {...typed('bucket')} />
            <TextInput label="Region" required maxLength={64} {...typed('region')} />
          </Group>
          <TextInput
            label="Prefix"
            description="Before the file’s name; may be empty."
            maxLength={200}
            placeholder="exports/daily"
            {...typed('prefix')}
          />
          <Group grow align="flex-start">
            <TextInput label="Access key id" required maxLength={128} autoComplete="off" {...typed('accessKeyId')} />
            <PasswordInput
              label="Secret access key"
              required={!hasSecret}
              maxLength={256}
              autoComplete="off"
              placeholder={hasSecret ? 'Kept as it is' : ''}
              value={draft.secretAccessKey}
              onChange={(event) => onChange({ secretAccessKey: event.currentTarget.value.trim() })}
            />
          </Group>
        </>
      )}
    </>
  )
}
