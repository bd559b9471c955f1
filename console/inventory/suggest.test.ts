import { query } from '@suture/contract/query/parse.ts'
import { expect, test } from 'vitest'
import { waysToAsk } from './copy-query.tsx'
import { fieldCalled, fieldsLike } from './suggest.ts'

const all = () => true

test('fields are offered by their names first, then by their other names and by what they mean', () => {
  const names = (starts: string) => fieldsLike(starts, all).map(({ by }) => by)
  expect(names('ven')).toEqual(['vendor:'])
  expect(names('firm')).toEqual(['fw:', 'assurance:'])
  expect(names('due')[0]).toBe('due<')
  expect(names('zzz')).toEqual([])
})

test('no field is offered that the caller may not ask for', () => {
  expect(fieldsLike('due', () => false)).toEqual([])
  expect(fieldCalled('finding.cve', () => false)).toBeUndefined()
  expect(fieldCalled('finding.CVE', all)).toBe('cve')
})

test('a query is copied so that a shell and an address take it for one text, and RSQL for the same query', () => {
  const asked = `name:"O'Hara" fw<2`
  const [command, request, rsql] = waysToAsk(asked).map(({ text }) => text)
  expect(command).toBe(`suture device list -q 'name:"O'\\''Hara" fw<2'`)
  expect(new URL(request?.replace('GET ', '') ?? '', 'http://a').searchParams.get('q')).toBe(asked)
  expect(rsql).toBe(`name=="O'Hara";fw=lt=2`)
  expect(query(rsql ?? '').kind).toBe('all')
  expect(waysToAsk('').map(({ text }) => text)).toEqual(['suture device list', 'GET /api/v1/devices'])
})
