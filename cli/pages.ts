/** Everything of a list that comes page by page. */
export async function everyItem<Item>(
  ask: (query: { limit: number; cursor?: string }) => Promise<{ items: readonly Item[]; next?: string | undefined }>,
): Promise<readonly Item[]> {
  const items: Item[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await ask({ limit: 500, ...(cursor === undefined ? {} : { cursor }) })
    items.push(...page.items)
    cursor = page.next
  }
  return items
}
