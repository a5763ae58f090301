// How well a search answers questions whose pages are known: recall among the first ten, and nDCG (Järvelin and
// Kekäläinen, 2002), with every page that must be found worth the same.

import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** The questions of a file, by language: `{ query, finds, sort }`. */
export async function questions(path) {
  return parse(await readFile(path, 'utf8'));
}

/** Recall and nDCG of one answer, given the ids that it found in their order and those that it should have found. */
export function judge(found, wanted) {
  const hits = found.slice(0, 10).map((id) => wanted.includes(id));
  const gain = hits.reduce((sum, hit, place) => sum + (hit ? 1 / Math.log2(place + 2) : 0), 0);
  const best = wanted.slice(0, 10).reduce((sum, _, place) => sum + 1 / Math.log2(place + 2), 0);
  return { recall: hits.filter(Boolean).length / wanted.length, ndcg: gain / best };
}

/** Asks all questions; `ask` gives the ids found. Gives the averages, and each answer. */
export async function measure(list, ask) {
  const answers = [];
  for (const { query, finds, sort } of list) {
    const found = await ask(query);
    answers.push({ query, sort, finds, found: found.slice(0, 10), ...judge(found, finds) });
  }
  const mean = (name) => answers.reduce((sum, answer) => sum + answer[name], 0) / answers.length;
  return { recall: mean('recall'), ndcg: mean('ndcg'), answers };
}

/** The averages of answers by sort of question, in the order of their first one: `{ sort, count, recall, ndcg }`. */
export function bySort(answers) {
  const mean = (list, name) => list.reduce((sum, answer) => sum + answer[name], 0) / list.length;
  return [...new Set(answers.map(({ sort }) => sort))].map((sort) => {
    const list = answers.filter((answer) => answer.sort === sort);
    return { sort, count: list.length, recall: mean(list, 'recall'), ndcg: mean(list, 'ndcg') };
  });
}
