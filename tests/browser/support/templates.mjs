// One page of every template, in every language that has one.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './site.mjs';

/**
 * What a page is called in the stories, the theme's template that makes it (without its kinds of one template,
 * such as the whole map and a part of it), and where such a page stands.
 */
const TABLE = [
  ['home', 'home', /^index\.html$/],
  ['list', 'list', /^bronnen\/index\.html$/],
  ['list, second page', 'list', /^bronnen\/page-2\.html$/],
  ['list, short', 'list', /^herijkingen\/index\.html$/],
  ['theme', 'entity/thema', /^themas\/t-\d+\.html$/],
  ['question', 'entity/vraag', /^vragen\/v-\d+\.html$/],
  ['finding', 'entity/bevinding', /^bevindingen\/b-\d+\.html$/],
  ['approach', 'entity/interventie', /^interventies\/i-\d+\.html$/],
  ['study', 'entity/studie', /^studies\/s-\d+\.html$/],
  ['source', 'entity/bron', /^bronnen\/(?!index|page-)[^/]+\.html$/],
  ['partner', 'entity/partner', /^partners\/(?!index|page-)[^/]+\.html$/],
  ['promise', 'entity/toezegging', /^toezeggingen\/(?!index|page-)[^/]+\.html$/],
  ['activity', 'entity', /^activiteiten\/a-\d+\.html$/],
  ['recalibration', 'entity', /^herijkingen\/h-\d+\.html$/],
  ['outcome', 'entity', /^uitkomsten\/u-\d+\.html$/],
  ['word', 'entity', /^begrippen\/(?!index|page-)[^/]+\.html$/],
  ['ordinary page', 'entity/pagina', /^methode\.html$/],
  ['ordinary page with figures', 'entity/pagina', /^kerncijfers\.html$/],
  ['vocabulary', 'vocabulary', /^zekerheid\/index\.html$/],
  ['term', 'term', /^zekerheid\/laag\.html$/],
  ['map, whole', 'view/matrix', /^kaart\/index\.html$/],
  ['map of a theme', 'view/matrix', /^kaart\/t-\d+\/index\.html$/],
  ['map, filtered by row', 'view/matrix', /^kaart\/doelgroep-[^/]+\/index\.html$/],
  ['map, filtered by cell', 'view/matrix', /^kaart\/zekerheid-[^/]+\/index\.html$/],
  ['cell', 'view/cell', /^kaart\/i-\d+-u-\d+\/index\.html$/],
  ['board', 'view/board', /^bord\/index\.html$/],
  ['timeline', 'view/timeline', /^tijdlijn\/index\.html$/],
  ['ledger', 'view/ledger', /^toezeggingenboek\/index\.html$/],
  ['ledger by theme', 'view/ledger', /^toezeggingen-per-thema\/index\.html$/],
  ['succession', 'view/succession', /^opvolging\/index\.html$/],
  ['entrances', 'view/entrance', /^voor-wie\/index\.html$/],
  ['entrance, a door', 'view/entrance', /^voor-wie\/[^/]+\/index\.html$/],
  ['glossary', 'view/glossary', /^begrippenlijst\/index\.html$/],
  ['search', 'search', /^(zoeken|search)\.html$/],
  ['data', 'data', /^(data|gegevens)(\/index)?\.html$/],
  ['not found', '404', /^404\.html$/],
];

/** The pages that a small site has and that of this repository lacks. */
const SMALL = [
  ['view of a list', 'view/list', /^alle-vragen\/index\.html$/],
  ['removed page', 'tombstone', /^vragen\/v-0900\.html$/],
  ['moved page', 'redirect', /^oude\/vraag\/index\.html$/],
];

/** `[{name, template, language, site, file}]`: the pages to look at. */
export function samples(own, small) {
  const found = [];
  for (const [site, table] of [[own, TABLE], [small, SMALL]]) {
    for (const [name, template, address] of table) {
      for (const language of ['nl', 'en']) {
        const source = address.source.replace('^', language === 'nl' ? '^' : '^en/');
        const file = site.longest(new RegExp(source));
        if (file) found.push({ name, template, language, site, file });
      }
    }
  }
  return found;
}

/** The names in the table, to tell what is missing. */
export const names = [...TABLE, ...SMALL].map(([name]) => name);

/** The names of the theme's templates that make a page. */
export function templatesOfTheTheme() {
  return readdirSync(join(repository, 'themes/via/templates'), { recursive: true })
    .map((file) => file.split('\\').join('/'))
    .filter((file) => file.endsWith('.html') && file !== 'base.html' && !file.startsWith('parts/'))
    .map((file) => file.slice(0, -'.html'.length))
    .sort();
}
