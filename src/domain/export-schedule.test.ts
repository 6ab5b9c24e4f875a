import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkExportSchedule,
  type Destination,
  type ExportSchedule,
  folderParts,
  lastRun,
  nextRun,
  periodOf,
  type Rhythm,
  scheduledFileName,
} from './export-schedule.ts'

const daily: Rhythm = { every: 'day', hour: 3, weekday: null, monthDay: null, timeZone: 'UTC' }
const weekly: Rhythm = { ...daily, every: 'week', weekday: 'mon', timeZone: 'America/New_York' }
const monthly: Rhythm = { ...daily, every: 'month', monthDay: 1, hour: 0, timeZone: 'Europe/Berlin' }

const rows: readonly (readonly [
  what: string,
  rhythm: Rhythm,
  after: string,
  run: string,
  since: string,
  until: string,
])[] = [
  [
    'a day, later the same day',
    daily,
    '2026-11-23T02:59:59Z',
    '2026-11-23T03:00:00Z',
    '2026-11-22T00:00:00Z',
    '2026-11-23T00:00:00Z',
  ],
  [
    'a day, when it has just run',
    daily,
    '2026-11-23T03:00:00Z',
    '2026-11-24T03:00:00Z',
    '2026-11-23T00:00:00Z',
    '2026-11-24T00:00:00Z',
  ],
  [
    'a week with the hour that winter gives: 169 hours of New York',
    weekly,
    '2026-10-29T12:00:00Z',
    '2026-11-02T08:00:00Z',
    '2026-10-26T04:00:00Z',
    '2026-11-02T05:00:00Z',
  ],
  [
    'a month of Berlin',
    monthly,
    '2026-03-15T00:00:00Z',
    '2026-03-31T22:00:00Z',
    '2026-02-28T23:00:00Z',
    '2026-03-31T22:00:00Z',
  ],
  [
    'an hour that the spring leaves out',
    { ...daily, hour: 2, timeZone: 'Europe/Berlin' },
    '2026-03-28T12:00:00Z',
    '2026-03-29T01:00:00Z',
    '2026-03-27T23:00:00Z',
    '2026-03-28T23:00:00Z',
  ],
]
for (const [what, rhythm, after, run, since, until] of rows) {
  test(`runs and covers: ${what}`, () => {
    const at = nextRun(rhythm, new Date(after))
    assert.equal(at.toISOString(), new Date(run).toISOString())
    assert.deepEqual(periodOf(rhythm, at), { since: new Date(since), until: new Date(until) })
    assert.deepEqual(lastRun(rhythm, at), at)
    assert.ok(lastRun(rhythm, new Date(at.getTime() - 1)) < at)
  })
}

test('periods follow each other without a gap, over both changes of the clock and leap days', () => {
  for (const rhythm of [daily, weekly, monthly, { ...daily, hour: 23, timeZone: 'Pacific/Auckland' }]) {
    let run = nextRun(rhythm, new Date('2027-12-20T00:00:00Z'))
    let before = periodOf(rhythm, run)
    for (let times = 0; times < 100; times += 1) {
      run = nextRun(rhythm, run)
      const period = periodOf(rhythm, run)
      assert.deepEqual(period.since, before.until)
      assert.ok(period.until > period.since && period.until <= run)
      before = period
    }
  }
})

const schedule: ExportSchedule = {
  ...daily,
  scheduleId: '0a1b2c3d-0000-4000-8000-000000000000',
  title: 'Nightly',
  enabled: true,
  kind: 'transactions',
  format: 'csv',
  query: {},
  masked: false,
  destination: { to: 'folder', folder: 'bi/daily' },
}
const bucket: Extract<Destination, { to: 'bucket' }> = {
  to: 'bucket',
  endpoint: 'https://s3.example.com',
  region: 'eu-west-1',
  bucket: 'exports',
  prefix: 'a/b',
  accessKeyId: 'AKID',
  addressing: 'path',
}
const given = { hasFolder: true, hasSecret: true }

test('a file is named by its period and schedule', () => {
  const name = (one: ExportSchedule, run: string) => scheduledFileName(one, periodOf(one, new Date(run)))
  assert.equal(name(schedule, '2026-11-23T03:00:00Z'), 'transactions_2026-11-22_0a1b2c3d.csv')
  assert.equal(
    name({ ...schedule, ...weekly, format: 'parquet' }, '2026-11-02T08:00:00Z'),
    'transactions_2026-10-26_2026-11-01_0a1b2c3d.parquet',
  )
})

const faulty: readonly (readonly [what: string, schedule: ExportSchedule, given: typeof given, sentence: RegExp])[] = [
  ['no title', { ...schedule, title: ' ' }, given, /title/],
  ['no zone', { ...schedule, timeZone: '+02:00' }, given, /time zone/],
  ['a week without a day', { ...schedule, every: 'week' }, given, /weekday/],
  ['a month without a day', { ...schedule, every: 'month' }, given, /day of the month/],
  ['a deployment without a folder', schedule, { ...given, hasFolder: false }, /EXPORT_FOLDER/],
  ['a way out of the folder', { ...schedule, destination: { to: 'folder', folder: '../x' } }, given, /folder is named/],
  [
    'an endpoint with a path',
    { ...schedule, destination: { ...bucket, endpoint: 'https://a.example/b' } },
    given,
    /endpoint/,
  ],
  [
    'an endpoint with a password',
    { ...schedule, destination: { ...bucket, endpoint: 'https://a:b@a.example' } },
    given,
    /endpoint/,
  ],
  ['a bucket that is a path', { ...schedule, destination: { ...bucket, bucket: 'a/../b' } }, given, /bucket/],
  ['a prefix with a question mark', { ...schedule, destination: { ...bucket, prefix: 'a?b' } }, given, /prefix/],
  ['no secret', { ...schedule, destination: bucket }, { ...given, hasSecret: false }, /secret/],
]
for (const [what, one, known, sentence] of faulty) {
  test(`refused: ${what}`, () => {
    const faults = checkExportSchedule(one, known)
    assert.equal(faults.length, 1, faults.join(' '))
    assert.match(faults[0]!, sentence)
  })
}
test('taken: a folder, a bucket', () => {
  assert.deepEqual(checkExportSchedule(schedule, given), [])
  assert.deepEqual(checkExportSchedule({ ...schedule, destination: bucket }, { hasFolder: false, hasSecret: true }), [])
})

test('a folder is plain names below each other', () => {
  assert.deepEqual(folderParts('bi/daily.1'), ['bi', 'daily.1'])
  assert.deepEqual(folderParts(''), [])
  for (const bad of ['..', 'a/../b', '/a', 'a/', 'a//b', '.hidden', 'a\\b', 'a\0', 'é', 'a..b', 'a/b/c/d/e/f/g/h/i'])
    assert.equal(folderParts(bad), null, bad)
})
