import type { Tone } from '../design/glyph.tsx'
import { type CellState, sizeOf, stateAt, type WaveCells } from './cells.ts'
import { type Packing, placeOf } from './packing.ts'

/** The colours of the theme that cells are painted with. */
export type Colours = Readonly<Record<Tone | 'surface' | 'control', string>>

export const colourTokens = {
  closed: '--closed-solid',
  moving: '--moving-solid',
  soon: '--soon-solid',
  danger: '--danger-solid',
  human: '--human-solid',
  idle: '--idle-solid',
  surface: '--surface',
  control: '--control',
} as const satisfies Record<keyof Colours, string>

type Shape = 'square' | 'hollow' | 'cross' | 'bar' | 'up' | 'up-hollow' | 'diamond' | 'dash' | 'dot' | 'thin'

interface Look {
  readonly tone: keyof Colours
  readonly shape: Shape
  readonly alpha?: number
}

/** How a cell looks; where it is too small for its shape, colour, order and the legend say it. */
const cellLooks: Readonly<Record<CellState, Look>> = {
  failed: { tone: 'danger', shape: 'cross' },
  silent: { tone: 'danger', shape: 'up-hollow' },
  disputed: { tone: 'danger', shape: 'bar' },
  'rolled-back': { tone: 'soon', shape: 'up' },
  unverified: { tone: 'soon', shape: 'hollow' },
  rejected: { tone: 'human', shape: 'diamond' },
  cancelling: { tone: 'soon', shape: 'dash' },
  waiting: { tone: 'idle', shape: 'square', alpha: 0.6 },
  offered: { tone: 'moving', shape: 'square', alpha: 0.35 },
  downloading: { tone: 'moving', shape: 'square', alpha: 0.5 },
  downloaded: { tone: 'moving', shape: 'square', alpha: 0.65 },
  installing: { tone: 'moving', shape: 'square', alpha: 0.85 },
  rebooting: { tone: 'moving', shape: 'square' },
  reported: { tone: 'moving', shape: 'hollow' },
  verified: { tone: 'closed', shape: 'square' },
  cancelled: { tone: 'idle', shape: 'dash' },
  superseded: { tone: 'idle', shape: 'dash' },
  unseen: { tone: 'idle', shape: 'dot' },
  'not-offered': { tone: 'control', shape: 'thin', alpha: 0.8 },
}

interface Spot {
  readonly on: CanvasRenderingContext2D
  readonly x: number
  readonly y: number
  readonly edge: number
  readonly surface: string
}

function line({ on, x, y, edge, surface }: Spot, ...ends: readonly [number, number, number, number][]): void {
  if (edge < 6) return
  on.strokeStyle = surface
  on.lineWidth = Math.max(1, edge / 9)
  on.beginPath()
  for (const [fromX, fromY, toX, toY] of ends) {
    on.moveTo(x + edge * fromX, y + edge * fromY)
    on.lineTo(x + edge * toX, y + edge * toY)
  }
  on.stroke()
}

function polygon({ on, x, y, edge }: Spot, ...corners: readonly [number, number][]): void {
  on.beginPath()
  for (const [atX, atY] of corners) on.lineTo(x + edge * atX, y + edge * atY)
  on.closePath()
}

function outline({ on, x, y, edge }: Spot, width: number): void {
  on.lineWidth = width
  on.strokeRect(x + width / 2, y + width / 2, edge - width, edge - width)
}

const full = ({ on, x, y, edge }: Spot): void => on.fillRect(x, y, edge, edge)
const up = [
  [0.5, 0],
  [1, 1],
  [0, 1],
] as const satisfies readonly [number, number][]

const shapes: Readonly<Record<Shape, (spot: Spot) => void>> = {
  square: full,
  hollow: (spot) => outline(spot, 1.4),
  thin: (spot) => outline(spot, 0.8),
  cross: (spot) => {
    full(spot)
    line(spot, [0.26, 0.26, 0.74, 0.74], [0.74, 0.26, 0.26, 0.74])
  },
  bar: (spot) => {
    full(spot)
    line(spot, [0.2, 0.36, 0.8, 0.36], [0.2, 0.64, 0.8, 0.64])
  },
  up: (spot) => {
    polygon(spot, ...up)
    spot.on.fill()
  },
  'up-hollow': (spot) => {
    polygon(spot, ...up)
    spot.on.lineWidth = Math.max(1.2, spot.edge / 7)
    spot.on.stroke()
  },
  diamond: (spot) => {
    polygon(spot, [0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5])
    spot.on.fill()
  },
  dash: ({ on, x, y, edge }) => on.fillRect(x, y + edge * 0.36, edge, edge * 0.28),
  dot: ({ on, x, y, edge }) => on.fillRect(x + edge * 0.36, y + edge * 0.36, edge * 0.28, edge * 0.28),
}

/** Paints the cells of a wave, for the screen’s own pixels. */
export function paint(canvas: HTMLCanvasElement, cells: WaveCells, packing: Packing, colours: Colours): void {
  const ratio = devicePixelRatio || 1
  const on = canvas.getContext('2d')
  if (!on) return
  canvas.width = Math.round(packing.perRow * packing.pitch * ratio)
  canvas.height = Math.round(packing.height * ratio)
  on.setTransform(ratio, 0, 0, ratio, 0, 0)
  for (let at = 0; at < sizeOf(cells); at++) {
    const { tone, shape, alpha = 1 } = cellLooks[stateAt(cells, at)]
    const inset = (packing.pitch - packing.edge) / 2
    const { x, y } = placeOf(packing, at)
    on.globalAlpha = alpha
    on.fillStyle = colours[tone]
    on.strokeStyle = colours[tone]
    shapes[shape]({ on, x: x + inset, y: y + inset, edge: packing.edge, surface: colours.surface })
  }
}
