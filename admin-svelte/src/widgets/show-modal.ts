import { tick } from 'svelte'

/** What had the focus before the first of some dialogs that follow one another. */
let opener: Element | null = null

/** Shows a dialog over the page. What comes back closes it and gives the focus back to what opened it. */
export function showModal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement
  if (before !== document.body && before?.closest('dialog') === null) opener = before
  dialog.showModal()
  return () => {
    dialog.close()
    void giveBack(before)
  }
}

async function giveBack(before: Element | null): Promise<void> {
  await tick()
  // Whatever came after the dialog, another one or another page, has it already.
  if (document.activeElement !== null && document.activeElement !== document.body) return
  // Who opened it may be gone, or be disabled now.
  for (const one of [before, opener, document.getElementById('content')]) {
    if (!(one instanceof HTMLElement) || one === document.body) continue
    one.focus({ preventScroll: true })
    if (document.activeElement === one) break
  }
  opener = null
}
