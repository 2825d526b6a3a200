import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { type Origin, startOrigin } from '../../scripts/system/support/origin.ts'
import { createExample, startSystem, type System } from '../../scripts/system/support/system.ts'
import { accessibilityProblems } from './support/accessibility.ts'
import { openPage, signIn, startBrowser, type WatchedPage } from './support/browser.ts'
import { addPerson, type Person } from './support/person.ts'

let system: System
let origin: Origin
let browser: Browser
let ann: WatchedPage
let ben: WatchedPage
let benHimself: Person

before(async () => {
  ;[browser, system, origin] = await Promise.all([startBrowser(), startSystem({ webEnv: { PUBLISH_APPROVAL: 'required' } }), startOrigin('hello from the origin')])
  await createExample(system, [origin.url])
  ann = await signedIn(await addPerson(system, 'ann@example.test', 'publisher'))
  benHimself = await addPerson(system, 'ben@example.test', 'publisher')
  ben = await signedIn(benHimself)
})

after(async () => {
  await browser?.close()
  await system?.stop()
  await origin?.stop()
})

async function signedIn({ email, password }: Person): Promise<WatchedPage> {
  const watched = await openPage(browser, system.baseUrl)
  await watched.page.goto('/changes')
  await signIn(watched.page, email, password)
  await watched.page.getByRole('heading', { name: 'Changes', level: 1 }).waitFor()
  return watched
}

/** Ann proposes the draft as it is. */
async function propose(note: string): Promise<void> {
  const { page } = ann
  await page.getByRole('navigation').getByRole('link', { name: 'Changes' }).click()
  await page.getByRole('button', { name: 'Propose…' }).click()
  await page.getByLabel('Note').fill(note)
  await page.getByRole('dialog').getByRole('button', { name: 'Propose', exact: true }).click()
  await page.getByRole('heading', { name: note, level: 1 }).waitFor()
}

const served = () => fetch(`http://127.0.0.1:${system.nodes[0]?.ports.from}/`).then((answer) => answer.text(), () => 'nothing')
const liveRevision = async () => (await system.api.must('POST', '/config/validate', {})).live?.revision ?? 0
const decideButtons = ({ page }: WatchedPage) => page.getByRole('main').getByRole('button').allInnerTexts()

test('nothing is proposed yet, and the palette finds the page', async () => {
  const { page } = ben
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'A page, or the name' }).fill('propo')
  await page.getByRole('option', { name: /Proposals/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Proposals', level: 1 }).waitFor()
  await page.getByText('Nothing waits for a decision').waitFor()
})

test('a person proposes what it may not publish alone, and cannot approve it', async () => {
  await propose('Our first routes')
  await ann.page.getByText('You proposed this, so another publisher has to approve it.').waitFor()
  await ann.page.getByText('It would change 3 resources').waitFor()
  assert.deepEqual(await decideButtons(ann), ['Withdraw…'])
  assert.deepEqual([await liveRevision(), await served()], [0, 'nothing'])
})

test('another person sees it come, approves it, and both see the rollout', async () => {
  const { page } = ben
  await page.getByRole('link', { name: 'ann@example.test proposes a publish.' }).waitFor()
  await page.getByText('1 proposal waits for a decision').waitFor()
  await page.getByRole('link', { name: 'Review: Our first routes' }).click()
  await page.getByText(`"address": "${origin.url}"`).waitFor()
  assert.deepEqual(await accessibilityProblems(page), [])
  await page.getByRole('button', { name: 'Approve…' }).click()
  await page.getByRole('dialog').getByText('3 changes that ann@example.test proposed').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Approve and publish' }).click()
  await page.getByText('Revision 1 is published.').waitFor()
  for (const one of [page, ann.page]) {
    const rollout = one.getByRole('region', { name: 'Rollout of revision 1' })
    await rollout.getByText('Every node has answered').waitFor()
    await rollout.getByRole('row', { name: /node-1 Applied/ }).waitFor()
  }
  assert.equal(await served(), 'hello from the origin')
  assert.deepEqual(await decideButtons(ann), [])
})

test('one is turned down with a reason that who proposed it reads, another one is withdrawn', async () => {
  const [upstream] = (await system.api.must('GET', '/upstreams')).items
  await system.api.patch(`/upstreams/${upstream.id}`, { slowStartSeconds: 7 })
  await propose('Slower')
  await ben.page.getByRole('navigation').getByRole('link', { name: 'Proposals' }).click()
  await ben.page.getByRole('link', { name: 'Review: Slower' }).click()
  await ben.page.getByText('/slowStartSeconds').waitFor()
  await ben.page.getByRole('button', { name: 'Reject…' }).click()
  await ben.page.getByLabel('Reason').fill('not on a Friday')
  await ben.page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click()
  await ann.page.getByText('not on a Friday').waitFor()

  await propose('Slower on Monday')
  await ann.page.getByRole('button', { name: 'Withdraw…' }).click()
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Withdraw', exact: true }).click()
  await ann.page.getByText('Withdrawn', { exact: true }).waitFor()
  await ann.page.getByRole('navigation').getByRole('link', { name: 'Proposals' }).click()
  const decided = ann.page.getByRole('region', { name: 'Decided' })
  for (const row of [/Slower on Monday Withdrawn/, /Slower .*not on a Friday Rejected/, /Our first routes Approved/]) await decided.getByRole('row', { name: row }).waitFor()
  assert.equal(await liveRevision(), 1)
})

test('what was overtaken says so, and nobody is offered to approve it', async () => {
  await propose('Too late')
  await ben.page.getByRole('navigation').getByRole('link', { name: 'Proposals' }).click()
  await ben.page.getByRole('link', { name: 'Review: Too late' }).click()
  await ben.page.getByRole('button', { name: 'Approve…' }).waitFor()
  const { proposalId } = (await system.api.publish('from a pipeline')).body
  await benHimself.send<unknown>('POST', `/config/proposals/${proposalId}/approve`)
  await ben.page.getByText('Revision 2 is live since; this was proposed upon revision 1').waitFor()
  assert.deepEqual(await decideButtons(ben), ['Reject…'])
})

test('who may only look is offered no decision', async () => {
  const viewer = await signedIn(await addPerson(system, 'vera@example.test', 'viewer'))
  await viewer.page.getByRole('navigation').getByRole('link', { name: 'Proposals' }).click()
  await viewer.page.getByRole('link', { name: 'Review: Too late' }).click()
  await viewer.page.getByText('Overtaken').waitFor()
  assert.deepEqual(await decideButtons(viewer), [])
  for (const { problems, foreignRequests } of [ann, ben, viewer]) assert.deepEqual([problems, foreignRequests], [[], []])
})
