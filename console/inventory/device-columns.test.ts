import { describe, expect, test } from 'vitest'
import { columnsIn, nameWidth } from './device-columns.ts'

const columns = [
  { head: 'Model', width: 120, goes: 1, folds: true },
  { head: 'Deadline', width: 100 },
  { head: 'Place', width: 100, goes: 2 },
  { head: 'Findings', width: 70 },
]
const heads = (width: number) => {
  const { shown, folded } = columnsIn(columns, width)
  return [shown, folded].map((each) => each.map(({ head }) => head).join(' '))
}

describe('the columns of a list', () => {
  test('all stand where there is room for all', () => {
    expect(heads(nameWidth + 390)).toEqual(['Model Deadline Place Findings', ''])
  })

  test('make room in their turn, and what the device is goes under its name', () => {
    expect(heads(nameWidth + 389)).toEqual(['Deadline Place Findings', 'Model'])
    expect(heads(nameWidth + 269)).toEqual(['Deadline Findings', 'Model'])
  })

  test('that matter most stay, however narrow it is', () => {
    expect(heads(100)).toEqual(['Deadline Findings', 'Model'])
  })
})
