import type { Schedule } from './use-exports.ts'

type Bucket = Extract<Schedule['destination'], { to: 'bucket' }>

/** A schedule as its dialog holds it: the fields of both kinds of destination side by side. */
export interface ScheduleDraft {
  readonly title: string
  readonly enabled: boolean
  readonly kind: Schedule['kind']
  readonly format: Schedule['format']
  readonly every: Schedule['every']
  readonly hour: number
  readonly weekday: NonNullable<Schedule['weekday']>
  readonly monthDay: number
  readonly timeZone: string
  readonly to: 'folder' | 'bucket'
  readonly folder: string
  readonly bucket: Omit<Bucket, 'to'>
  readonly secretAccessKey: string
}

/** @param hasFolder whether the deployment has one for exports. */
export function draftOf(schedule: Schedule | null, hasFolder: boolean): ScheduleDraft {
  const destination = schedule?.destination
  const noBucket = { endpoint: '', region: 'us-east-1', bucket: '', prefix: '', accessKeyId: '' }
  const { to: _to, ...bucket } = destination?.to === 'bucket' ? destination : { to: 'bucket', ...noBucket }
  return {
    title: schedule?.title ?? '',
    enabled: schedule?.enabled ?? true,
    kind: schedule?.kind ?? 'transactions',
    format: schedule?.format ?? 'csv',
    every: schedule?.every ?? 'day',
    hour: schedule?.hour ?? 3,
    weekday: schedule?.weekday ?? 'mon',
    monthDay: schedule?.monthDay ?? 1,
    timeZone: schedule?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    to: destination?.to ?? (hasFolder ? 'folder' : 'bucket'),
    folder: destination?.to === 'folder' ? destination.folder : '',
    bucket: { addressing: 'path', ...bucket },
    secretAccessKey: '',
  }
}

/** What the server is told. */
export function scheduleOf(draft: ScheduleDraft) {
  const { to, folder, bucket, secretAccessKey, weekday, monthDay, ...rest } = draft
  const destination: Schedule['destination'] =
    to === 'folder' ? { to: 'folder', folder: folder.trim() } : { to: 'bucket', ...bucket }
  return {
    ...rest,
    weekday: rest.every === 'week' ? weekday : null,
    monthDay: rest.every === 'month' ? monthDay : null,
    ...(rest.kind === 'report' ? { groupBy: ['day' as const] } : {}),
    destination,
    ...(secretAccessKey === '' ? {} : { secretAccessKey }),
  }
}
