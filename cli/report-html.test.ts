import { type ManagementReport, reportText } from '@suture/contract/report-words.ts'
import { expect, test } from 'vitest'
import { reportHtml } from './report-html.ts'

const figure = { value: 2, of: 4, insufficient: 0, evidence: 'sufficient' } as const
const report: ManagementReport = {
  asOf: new Date('2026-12-24T12:00:00Z'),
  tenant: 'Works <b>"North"</b>',
  sites: ['Leeds'],
  days: 30,
  figures: {
    exposureDays: { value: 1049, of: 6, insufficient: 1, evidence: 'sufficient' },
    verifiedShare: figure,
    overdue: { value: 3, of: 9, insufficient: 0, evidence: 'stale-knowledge' },
    unknownShare: { value: 0, of: 0, insufficient: 0, evidence: 'nothing-counted' },
  },
  unknown: { notJudged: 0, undecidableMatch: 0, silent: 0 },
  tiers: [{ outcome: null, findings: 1, overdue: 0, exposureDays: 0 }],
  clocks: [],
  weeks: [],
  heard: { devices: 1, of: 2 },
  knowledge: [
    {
      name: 'devices',
      digest: 'ab'.repeat(32),
      retrievedAt: new Date('2026-12-20T00:00:00Z'),
      importedAt: new Date('2026-12-21T00:00:00Z'),
    },
  ],
  rules: [{ table: 'bod-26-04', policy: 'default', decisions: 3 }],
  packs: [],
}

test('a figure without evidence is not shown as a number, and what it would be stands beside it', () => {
  expect(reportText(report).figures).toEqual([
    {
      name: 'Exposure-days',
      value: '1,049 days',
      note: '1,049 days on 6 judged devices. Insufficient evidence for 1 findings that wait to be decided.',
    },
    { name: 'Verified share', value: '2 (50 %)', note: '2 of 4 updates called done.' },
    {
      name: 'Overdue',
      value: 'insufficient evidence',
      note: 'It would be 3 of 9 decided findings, but what is known is older than 7 days.',
    },
    {
      name: 'Unknown share',
      value: 'insufficient evidence',
      note: 'There are no devices in service to count on.',
    },
  ])
})

test('the file asks for nothing else, and no name in it becomes markup or style', () => {
  const html = reportHtml(reportText(report), 'letter')
  expect(html).not.toMatch(/<script|<link|<img|https?:/)
  expect(html).not.toContain('<b>')
  expect(html).toContain('Works &lt;b&gt;&quot;North&quot;&lt;/b&gt;, the sites Leeds, as of 2026-12-24 12:00 UTC.')
  expect(html).toContain('@page { size: letter;')
  expect(html).toContain('@top-left { content: "Works  b \\"North\\" /b  · Management report"; }')
  expect(html.split('</style>')).toHaveLength(2)
})

test('every page says as of when, which of how many it is, and by which snapshots and rules', () => {
  const html = reportHtml(reportText(report), 'A4')
  expect(html).toContain('"as of 2026-12-24 12:00 UTC · page " counter(page) " of " counter(pages)')
  expect(html).toContain('"snapshots abababababab · rules bod-26-04, default · Suture"')
})
