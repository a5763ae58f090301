// What must hold of the answer to any text at all: asked by a test for the texts that are kept in fuzz/corpus/search, and by
// the fuzzer for those that it makes up.

import assert from 'node:assert/strict';

const LIMIT = 5;

/** Asks an index, and asks again for what the answer leads to. */
export async function answersWell(index, text) {
  const answer = await index.ask(text, { limit: LIMIT });
  assert.equal(answer.query.text, text.slice(0, 2000).trim());
  assert.ok(answer.results.length <= LIMIT && answer.results.length <= answer.total && answer.total <= index.size);
  assert.equal(answer.groups.reduce((sum, { total }) => sum + total, 0), answer.total);
  for (const { values } of answer.facets) for (const { count } of values) assert.ok(count >= 0 && count <= index.size);
  for (const { url, title, excerpt, score, heading } of answer.results) {
    // An address within the site, whatever was asked.
    assert.match(url, /^[a-z\d][a-z\d/.-]*$/);
    assert.ok(Number.isFinite(score) && score >= 0, `a score of ${score}`);
    assert.ok(title.length > 0 && excerpt.reduce((length, { text }) => length + text.length, 0) < 2000);
    for (const segment of [...title, ...excerpt]) assert.deepEqual([typeof segment.text, typeof segment.mark], ['string', 'boolean']);
    if (heading) assert.match(heading.anchor, /^\S+$/);
  }
  for (const { code } of answer.notes) assert.ok(['typing', 'part', 'unknown', 'shortened'].includes(code), code);
  if (answer.suggestion !== null) assert.notEqual(answer.suggestion, answer.query.text);
  // The same question has the same answer, and the next page of it goes on where this one ends.
  assert.deepEqual(await index.ask(text, { limit: LIMIT }), answer);
  const more = await index.ask(text, { limit: 2 * LIMIT });
  assert.deepEqual(more.results.slice(0, LIMIT).map(({ page }) => page), answer.results.map(({ page }) => page));
}
