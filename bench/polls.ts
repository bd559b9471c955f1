/** How many polls the server has answered, by where the answer came from. */
export async function pollsOf(url: string): Promise<{ readonly memory: number; readonly database: number }> {
  const text = await (await fetch(new URL('/metrics', url))).text()
  const of = (from: string) =>
    Number(new RegExp(`^suture_polls_total\\{from="${from}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
  return { memory: of('memory'), database: of('database') }
}
