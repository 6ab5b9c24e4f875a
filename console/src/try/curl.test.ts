import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { curlOf } from './curl.ts'

test('a shell hands curl exactly what was asked, quotes and dollars included', () => {
  const url = 'http://127.0.0.1:8080/api/account/12345678/eligibility?v=2.0&explain=true'
  const body = { skill: "o'neil's", sdes: [{ note: '$(whoami) `id` "x" \\ \n' }] }
  const script = `curl() { printf '%s\\0' "$@"; }; TOKEN=t\n${curlOf({ url, body })}`
  const given = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
  assert.deepEqual(given, [
    ...['-s', url, '-H', 'Authorization: Bearer t', '-H', 'Content-Type: application/json'],
    ...['-d', JSON.stringify(body)],
  ])
})
