import { decode, encode } from 'fast-png'

/** A picture of few colours: a number for each pixel, and the colour that each number stands for. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
  readonly palette: readonly Colour[]
}

type Colour = [red: number, green: number, blue: number]

const colourOf = (packed: number): Colour => [packed >> 16, (packed >> 8) & 255, packed & 255]

const distance = (a: Colour, b: Colour): number => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2

/** Surfaces and words are among the most frequent; small signs and the edges of letters come by how far off they are. */
const [mostFrequent, mostColours, nearEnough] = [32, 96, 12 ** 2]

/** A few of many colours, the most frequent first, and for each of all the nearest of those. */
function fewOf(colours: readonly Colour[]): { readonly palette: Colour[]; readonly nearest: Uint8Array } {
  const palette: Colour[] = []
  const nearest = new Uint8Array(colours.length)
  const far = new Float64Array(colours.length).fill(Number.POSITIVE_INFINITY)
  const add = (colour: Colour) => {
    colours.forEach((each, at) => {
      const here = distance(each, colour)
      if (here >= (far[at] ?? 0)) return
      far[at] = here
      nearest[at] = palette.length
    })
    palette.push(colour)
  }
  for (const each of colours.slice(0, mostFrequent)) add(each)
  while (palette.length < mostColours) {
    const farthest = far.reduce((found, each, at) => (each > (far[found] ?? 0) ? at : found), 0)
    const colour = colours[farthest]
    if (colour === undefined || (far[farthest] ?? 0) <= nearEnough) break
    add(colour)
  }
  return { palette, nearest }
}

/** A screenshot in few colours. */
export function reduced(png: Uint8Array): Picture {
  const { width, height, data, channels } = decode(png)
  const packed = Uint32Array.from({ length: width * height }, (_, at) => {
    const from = at * channels
    return ((data[from] ?? 0) << 16) | ((data[from + 1] ?? 0) << 8) | (data[from + 2] ?? 0)
  })
  const counts = new Map<number, number>()
  for (const each of packed) counts.set(each, (counts.get(each) ?? 0) + 1)
  const all = [...counts].toSorted(([a, often], [b, seldom]) => seldom - often || a - b).map(([each]) => each)
  const { palette, nearest } = fewOf(all.map(colourOf))
  const numbers = new Map(all.map((each, at) => [each, nearest[at] ?? 0]))
  return { width, height, palette, pixels: Uint8Array.from(packed, (each) => numbers.get(each) ?? 0) }
}

/** Whether two are the same to the last bit. */
export const isSame = (a: Picture, b: Picture): boolean =>
  a.width === b.width && Buffer.compare(a.pixels, b.pixels) === 0 && String(a.palette) === String(b.palette)

export const encoded = ({ width, height, pixels, palette }: Picture): Uint8Array =>
  encode({ width, height, data: pixels, channels: 1, palette: [...palette] }, { zlib: { level: 9 } })

export function decoded(png: Uint8Array): Picture {
  const { width, height, data, palette = [] } = decode(png)
  return { width, height, pixels: data as Uint8Array, palette: palette as Colour[] }
}

/** Red, green, blue and no transparency for each pixel, as pictures are compared. */
export function coloursOf({ pixels, palette }: Picture): Uint8Array {
  const colours = new Uint8Array(pixels.length * 4)
  pixels.forEach((number, at) => {
    colours.set([...(palette[number] ?? [0, 0, 0]), 255], at * 4)
  })
  return colours
}
